"""Fuzzes at full length what the tests fuzz in part.

python bench/fuzz.py [--requests 50000] [--lines 1000000]
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.fuzz import main

if __name__ == "__main__":
    main()
