"""The example `Examples/audit` on a run that was recorded, and on one that was changed afterwards."""

import os
import subprocess
import sys

from e2e.server import BINARY, ROOT

AUDIT = ROOT / "Examples/audit/audit.py"


def test_an_audit_finds_the_run_that_was_changed(serve, tmp_path):
    server = serve("--record", "full")
    ids = []
    for seed in (1, 2):
        session = server.client.post("/v1/sessions", {"environment": "classic/CartPole", "seed": seed}).json
        for _ in range(5):
            server.client.post(f"/v1/sessions/{session['id']}/step", {"action": 1})
        server.client.delete(session["id"])
        ids.append(session["id"])
    folder = server.data / "trajectories"
    variables = {**os.environ, "CORRAL_BIN": BINARY, "CORRAL_DATA": str(tmp_path / "data")}
    command = [sys.executable, str(AUDIT), str(folder), "--certificates", str(tmp_path / "certificates")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2 trajectories are as they were recorded" in done.stdout
    assert sorted(path.stem for path in (tmp_path / "certificates").iterdir()) == sorted(ids)
    changed = folder / f"{ids[1]}.ctraj"
    whole = bytearray(changed.read_bytes())
    whole[len(whole) // 2] ^= 1
    changed.write_bytes(whole)
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert f"{ids[1]}  damaged" in done.stdout and "1 of 2" in done.stdout
