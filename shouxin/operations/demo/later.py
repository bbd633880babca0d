"""Scenes of rooms above this floor: each signs up the module that plays its part. It is imported only while playing."""

from shouxin.kit.registry import Registry

modules: Registry[str] = Registry("later scenes of the demonstration")
