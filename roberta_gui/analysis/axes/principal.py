"""Leading eigenvectors with a sign that does not depend on luck.

scikit-learn's ``PCA`` wants all states in memory (a gigabyte at 13 layers of 768 features), and its
``IncrementalPCA`` is exact only while it keeps every component: 0.4 s a layer for every 768 tokens,
for one of the seven spaces. Here one pass of moments serves all spaces and bases. The tests hold
both to be equal.
"""

import numpy as np
from numpy.typing import NDArray


def leading_directions(matrix: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Eigenvectors of the ``n`` largest eigenvalues, as columns, each with a fixed sign.

    The sign makes the loading of largest magnitude positive; among loadings that are equal but
    for rounding the first decides, so that noise in the last digit cannot mirror a picture.

    Parameters
    ----------
    matrix
        float64 (feature, feature), symmetric.
    n
        Columns wanted; those beyond the number of features are zero.

    Returns
    -------
    float64 (feature, n)
        Orthonormal, largest eigenvalue first.

    Examples
    --------
    >>> import numpy as np
    >>> leading_directions(np.diag([1.0, 9.0]), 1).ravel().tolist()
    [0.0, 1.0]
    """
    from scipy.linalg import eigh

    n_features = len(matrix)
    kept = min(n, n_features)
    # Two to three times quicker than a full eigh at 768 features, and unlike Lanczos
    # it needs no start vector and does not mind repeated or zero eigenvalues.
    vectors = eigh(matrix, subset_by_index=(n_features - kept, n_features - 1))[1][:, ::-1]
    size = np.abs(vectors)
    deciding = np.argmax(size >= size.max(axis=0) * (1 - 1e-6), axis=0)
    directions = np.zeros((n_features, n))
    directions[:, :kept] = vectors * np.sign(vectors[deciding, np.arange(kept)])
    return directions
