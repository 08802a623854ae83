#!/bin/sh
# Takes README's pictures anew, without a screen:  PATH=.venv/bin:$PATH sh docs/pictures.sh [NAME …]
# One needs hands: train-light.png, a training to its end.
set -eu
cd "$(dirname "$0")"
export QT_QPA_PLATFORM=offscreen

moon="The cat sat on the <mask> and looked at the moon."
table="The keys to the cabinet <mask> on the table."
sentences=../resources/reference_sentences.txt
asked=" $* "

take() { # take NAME SIZE ARGUMENTS: the end of the name is the theme
    name=$1 size=$2
    shift 2
    case $asked in
    "  " | *" $name "*)
        theme=light
        case $name in *dark) theme=dark ;; esac
        roberta-gui --snapshot "$name.png" --size "$size" --theme "$theme" "$@"
        ;;
    esac
}

moon() { # moon NAME SIZE ARGUMENTS
    name=$1 size=$2
    shift 2
    take "$name" "$size" --text "$moon" "$@"
}

moon explore-light 1440x900 --layer 4 --head 1 --token 3
take explore-dark 1440x900 --text "She put the <mask> on the table and went to <mask>." --layer 4 --head 2
take score-light 1100x600 --panel words --text "The keys to the cabinet <mask> here." \
    --compare "The key to the cabinet <mask> here." --set "words.words=is, are, were"
take why-light 1100x600 --panel why --text "$table" --set why.word=are --set surprisal.tint=why
take cloze-light 1000x680 --panel cloze --text "The cat sat on the <mask> and looked at the <mask>." \
    --set cloze.first=true --set cloze.guess=roof
take fill-light 1100x720 --panel fill --text "The <mask> to the cabinet <mask> here."
moon hidden-dark 1000x700 --panel hidden --layer 6 --token 3 --token 7 --token 12
take heads-512 1000x700 --panel heads --text "$(grep -v '^#' "$sentences" | head -n 60 | tr "\n" " ")"

moon layers-light 1440x900 --arrangement layers --layer 4 --token 3
moon multiples-dark 1100x760 --panel layers --layer 4 --token 3 --token 7
moon similarity-light 1000x720 --panel similarity --layer 4
moon path-light 1280x800 --panel path --layer 4 --token 3
moon rogue-dark 1100x700 --panel rogue --layer 4 --space raw
moon lens-light 1100x640 --panel lens --layer 4 --token 7

moon arcs-dark 1000x720 --panel attention --layer 5 --head 8 --set attention.measure=contribution \
    --set attention.drawn_as=arcs
take words-light 1000x720 --panel attention --text "The unbelievable acrobats somersaulted over the <mask>." \
    --layer 6 --set attention.measure=rollout --set attention.unit=words
moon roles-light 1000x760 --panel heads --set heads.sort=previous --set heads.roles=True
moon switched-dark 1440x900 --layer 4 --head 1 --token 7 --off 4.1,5.1
moon sweep-light 1100x640 --panel sweep --token 7
moon surprisal-dark 1000x640 --panel surprisal
moon surprisal-off-light 1000x560 --panel surprisal --off 4.1,5.1
moon tint-light 1100x640 --panel guesses --set surprisal.tint=True

take patching-light 1100x680 --panel patching --text "$table" \
    --compare "The key to the cabinet <mask> on the table." --set patching.word=are
moon compare-light 1440x900 --layer 5 --compare "The dog sat on the <mask> and barked at the moon."
moon apart-dark 1100x760 --panel aligned --layer 4 --compare "The dog sat on the <mask> and barked at the moon."
