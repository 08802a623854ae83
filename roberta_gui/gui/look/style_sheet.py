"""The one style sheet, as a template: ``$role`` is a colour, ``@12px`` grows with the text."""

STYLE_SHEET = """
QMainWindow, QDialog, #window { background: $window; }
QToolTip { background: $card; color: $text; border: 1px solid $line; padding: 4px 6px; }

#header { background: $card; border-bottom: 1px solid $line; }
#productName { font-size: @15px; font-weight: 600; color: $text; }
#card, #panelBody, #panelTitle { background: $card; border: 1px solid $line; }
#card { border-radius: 8px; }
#panelTitle { border-bottom: none; border-top-left-radius: 8px; border-top-right-radius: 8px; }
#panelBody { border-top: none; border-bottom-left-radius: 8px;
             border-bottom-right-radius: 8px; }
#panelTitle QToolButton { padding: 2px 4px; }
#panelName { font-size: @13px; font-weight: 600; color: $text; }
#subtitle, #caption, #note { font-size: @11px; color: $muted; }
#letter { font-size: @13px; font-weight: 600; color: $accent; background: $accent_soft;
          border-radius: 6px; padding: 4px 8px; }
#stale, #warning { font-size: @11px; color: $mask_text; background: $mask_soft; border-radius: 5px;
         padding: 1px 6px; }
#stale { border-color: transparent; }
#stale:enabled { text-decoration: underline; }
#stale:enabled:hover, #stale:enabled:focus { border-color: $mask_text; }
#count { font-size: @11px; color: $muted; border-radius: 5px; padding: 2px 6px; }
#count[cut="true"] { color: $mask_text; background: $mask_soft; }
#caption { font-size: @12px; }
#emptyTitle { font-size: @14px; font-weight: 600; color: $text; }
#emptyText { font-size: @12px; color: $muted; }

QToolButton, QPushButton { color: $text; background: transparent; border: 1px solid transparent;
    border-radius: 6px; padding: 3px 8px; font-size: @13px; }
QToolButton:hover, QPushButton:hover { background: $accent_soft; }
QToolButton:pressed, QPushButton:pressed { background: $accent_soft; border-color: $accent; }
QToolButton:focus, QPushButton:focus { border-color: $hover; }
QToolButton::menu-indicator { image: none; width: 0; }
#picker, #action { border: 1px solid $line; background: $card; padding: 4px 9px; }
#action { padding: 3px 8px; color: $muted; font-size: @12px; }
#picker:hover, #action:hover { background: $accent_soft; border-color: $hover; }

#segments { border: 1px solid $line; border-radius: 7px; background: $card; }
#segments QToolButton { color: $muted; border: none; border-radius: 5px;
    padding: 1px 7px; font-size: @12px; }
#segments:focus { border-color: $accent; }
#stepperText { font-size: @12px; color: $text; }
#segments QToolButton:checked { color: $accent; background: $accent_soft; font-weight: 600; }
#segments QToolButton:hover:!checked { color: $text; }
#segments QToolButton:focus { text-decoration: underline; }
#scatter { border: 1px solid $card; border-radius: 6px; }
#scatter:focus { border-color: $accent; }
#layerName { font-size: @12px; font-weight: 600; color: $text; }
#controlLabel { font-size: @12px; color: $muted; }

#noticeBar { border-radius: 7px; border: 1px solid $line; background: $accent_soft; }
#noticeBar[kind="problem"] { background: $danger_soft; border-color: $danger; }
#noticeTitle { font-weight: 600; color: $text; }
#noticeHint { color: $text; }

#noticeBar[kind="notice"] { border-color: $hover; }
#switchedHeads { border: 1px solid $line; border-radius: 7px; background: $accent_soft; }
#switchedHeads QLabel { color: $text; }

QStatusBar { background: $card; border-top: 1px solid $line; color: $muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { font-size: @12px; color: $muted; }

QMenu { background: $card; color: $text; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }

QMainWindow::separator { background: $window; width: 10px; height: 10px; }
QMainWindow::separator:hover { background: $accent_soft; }
QTabBar { background: $window; qproperty-elideMode: ElideNone; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 5px 12px; margin-right: 2px;
    border: 1px solid transparent; border-radius: 6px; font-size: @12px; }
QTabBar::tab:selected { color: $accent; background: $accent_soft; }
QTabBar::tab:hover:!selected { color: $text; }

QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $track; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: $accent; }
QSlider::handle:horizontal:focus { border: 2px solid $hover; }

QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 1px; }
QScrollBar::handle:hover { background: $muted; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QProgressBar { background: $track; border: none; border-radius: 2px; max-height: 4px;
    min-height: 4px; }
QProgressBar::chunk { background: $accent; border-radius: 2px; }

#toggle { border: 1px solid $line; border-radius: 7px; color: $muted; font-size: @12px;
    padding: 3px 9px; }
#toggle:checked { color: $accent; background: $accent_soft; font-weight: 600; }
#toggle:focus { border-color: $hover; }

QLineEdit { background: $card; color: $text; border: 1px solid $line; border-radius: 6px;
    padding: 5px 8px; selection-background-color: $accent;
    selection-color: $accent_text; }
QLineEdit:focus { border-color: $accent; }

/* Last and by name, so that what cannot be used looks so whatever it is. */
QToolButton:disabled, QPushButton:disabled, QLineEdit:disabled, #action:disabled,
#picker:disabled, #toggle:disabled, #stepperText:disabled, #controlLabel:disabled,
#segments QToolButton:disabled { color: $faint; }
#segments QToolButton:checked:disabled { color: $faint; background: $track; }
#toggle:checked:disabled { color: $faint; background: $track; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: $line; }
"""
