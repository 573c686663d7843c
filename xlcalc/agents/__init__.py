"""How does an agent ask the workbooks of one folder, and reach nothing else?"""

from xlcalc.agents.server import serve

__all__ = ["serve"]
