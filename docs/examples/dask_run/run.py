"""How does a batch run on a cluster? This starts one on this machine, uses it and ends it.

`python run.py LIST FOLDER` writes a workbook for each row of the list. The scheduler and two
workers are processes of their own and listen on 127.0.0.1 alone; a company's cluster stands there
already, and its address goes behind `--dask` in the same way.
"""

import logging
import subprocess
import sys

from distributed import LocalCluster


def main(scenarios: str, folder: str) -> int:
    """Run the batch on a cluster, and return the exit status of xlcalc."""
    # Workers with one thread each are best: Python calculates on one core at a time.
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=logging.ERROR,  # on a busy machine, that a worker was slow to end
    ) as cluster:
        command = [sys.executable, "-m", "xlcalc", "batch", "training_budget", scenarios]
        address = ["--dask", cluster.scheduler_address]
        return subprocess.run([*command, "-o", folder, *address], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
