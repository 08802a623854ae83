"""Plane: from coordinates on up to three axes to points on the screen (3D without OpenGL)."""

import math

import numpy as np

from roberta_gui.records import FloatArray


class Plane:
    """Projects points to two dimensions: the first two axes, or a turned view of three."""

    def __init__(self) -> None:
        self._dimensions = 2
        self._yaw, self._pitch = 25.0, 20.0
        self._centre = np.zeros(3, dtype=np.float32)

    def set_dimensions(self, dimensions: int) -> None:
        """Look along the third axis (2), or at a turned space (3)."""
        self._dimensions = dimensions

    def turn(self, yaw: float, pitch: float) -> None:
        """Turn the three-dimensional view by so many degrees."""
        self._yaw = (self._yaw + yaw) % 360
        self._pitch = min(max(self._pitch + pitch, -90.0), 90.0)

    def flat(self, coordinates: FloatArray) -> FloatArray:
        """Return float (point, 2) for float (point, axis); missing axes count as 0."""
        if coordinates.shape[1] < 2 or (self._dimensions == 3 and coordinates.shape[1] < 3):
            missing = self._dimensions - coordinates.shape[1]
            coordinates = np.pad(coordinates, ((0, 0), (0, missing)))
        if self._dimensions == 2:
            return coordinates[:, :2]
        yaw, pitch = math.radians(self._yaw), math.radians(self._pitch)
        right = (math.cos(yaw), 0.0, math.sin(yaw))
        up = (-math.sin(yaw) * math.sin(pitch), math.cos(pitch), math.cos(yaw) * math.sin(pitch))
        flat: FloatArray = (coordinates[:, :3] - self._centre) @ np.array([right, up], np.float32).T
        return flat

    @staticmethod
    def around(flat: FloatArray) -> tuple[float, float, float, float]:
        """Return left, right, bottom and top of what holds all of float (point, 2), with room."""
        if not len(flat):
            return (-1.0, 1.0, -1.0, 1.0)
        low, high = flat.min(axis=0), flat.max(axis=0)
        room = 0.12 * max(float((high - low).max()), 1e-6)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return left, right, bottom, top

    def extent(self, background: FloatArray) -> tuple[float, float, float, float]:
        """Look at the cloud of every layer, float (layer + 1, point, axis); return its edges.

        The outermost points stay outside: one far point must not make all others a speck.
        """
        everything = background.reshape(-1, background.shape[2])
        if self._dimensions == 3:
            # A ball about the cloud's middle, so that turning never changes the scale.
            self._centre = np.resize(everything.mean(axis=0), 3)
            away = np.linalg.norm(everything[:, :3] - self._centre[: everything.shape[1]], axis=1)
            radius = float(np.percentile(away, 99)) or 1.0
            return (-radius, radius, -radius, radius)
        low, high = np.percentile(everything[:, :2], (0.2, 99.8), axis=0)
        centre, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-6) * 1.06
        (left, bottom), (right, top) = (centre - half).tolist(), (centre + half).tolist()
        return left, right, bottom, top
