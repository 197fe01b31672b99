"""EcoDash: progress of rural living-environment rectification (农村人居环境整治), village by village."""

__version__ = "0.5.0"
