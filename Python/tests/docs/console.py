"""Runs the files that it reads from standard input, a path a line, in one namespace."""

import sys
import traceback

namespace = {"__name__": "__main__"}
for line in sys.stdin:
    path = line.strip()
    status = 0
    try:
        with open(path) as file:
            exec(compile(file.read(), path, "exec"), namespace)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    print("\x1dpy %d" % status, flush=True)
