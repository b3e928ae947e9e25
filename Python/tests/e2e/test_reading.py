"""What can be read of a server: sessions, logs, usage, frames, environments, health, metrics, its own description."""

import json
import re
import struct
import subprocess
import uuid

import pytest
from prometheus_client.parser import text_string_to_metric_families

from e2e.marks import needs

CARTPOLE = "classic/CartPole"


class TestSessions:
    def test_lists_are_narrowed_by_state_environment_and_label(self, api):
        blue, red = (api.create(CARTPOLE, labels={"colour": colour, "run": "7"})["id"] for colour in ["blue", "red"])
        plain = api.create("minigrid/Empty-5x5")["id"]

        def listed(query):
            return [session["id"] for session in api.get("/v1/sessions?" + query).json["sessions"]]

        assert listed("label=colour=blue") == [blue]
        assert listed("label=run") == [blue, red]
        assert listed("label=run=8") == []
        assert listed("environment=minigrid%2FEmpty-5x5") == [plain]
        assert listed("state=running&label=run") == [blue, red]
        api.delete(red)
        assert listed("state=running&label=run") == [blue]
        assert listed("state=closed&label=run") == [red]

    def test_pages_follow_one_another_without_gap_or_repetition(self, api):
        made = [api.create(CARTPOLE, labels={"page": "yes"})["id"] for _ in range(7)]
        seen, cursor = [], ""
        while True:
            page = api.get("/v1/sessions?state=running&label=page&limit=3" + cursor).json
            assert len(page["sessions"]) <= 3
            seen += [session["id"] for session in page["sessions"]]
            if page["next"] is None:
                break
            cursor = "&cursor=" + page["next"]
        assert seen == made

    def test_a_session_object_says_everything(self, api, server):
        session = api.create("CartPole-v1", seed=3, labels={"a": "b"})
        assert session["environment"] == CARTPOLE + "@1.0.0"
        assert re.fullmatch("sha256:[0-9a-f]{64}", session["digest"])
        assert uuid.UUID(session["id"]).version == 8
        assert session["id"].replace("-", "")[18:26] or server.id
        assert session["address"].endswith(api.address)
        assert session["labels"] == {"a": "b"}
        assert session["action_space"] == {"type": "Discrete", "n": 2, "start": 0}
        assert session["observation_space"]["shape"] == [4]
        assert session["seed"] == 3
        for time in ("created_at", "expires_at"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", session[time])
        again = api.read(session["id"])
        assert again["id"] == session["id"] and "observation" not in again

    def test_ids_of_sessions_are_ordered_by_time(self, api):
        made = [api.create(CARTPOLE)["id"] for _ in range(5)]
        assert made == sorted(made)

    def test_logs_are_the_last_lines_of_standard_error(self, api):
        session = api.create(CARTPOLE)["id"]
        assert isinstance(api.get("/v1/sessions/%s/logs" % session).json["lines"], list)
        assert api.get("/v1/sessions/%s/logs?lines=0" % session).code == "invalid_argument"

    def test_usage_grows_and_is_kept_after_the_end(self, api):
        session = api.create(CARTPOLE)["id"]
        for _ in range(5):
            api.step(session, 0)
        usage = api.get("/v1/sessions/%s/usage" % session).json
        assert usage["pids"] == 1 and usage["cpu_seconds"] > 0
        assert 0 < usage["memory_bytes"] <= usage["memory_peak_bytes"] < 512 << 20
        api.delete(session)
        final = api.get("/v1/sessions/%s/usage" % session).json
        assert final["cpu_seconds"] >= usage["cpu_seconds"] and final["pids"] == 0


class TestFrames:
    @pytest.fixture
    def session(self, api):
        return api.create("minigrid/Empty-5x5", seed=1)["id"]

    def test_a_frame_comes_as_a_picture(self, api, session):
        answer = api.get("/v1/sessions/%s/render" % session, Accept="image/png")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
        assert answer.body[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", answer.body[16:24])
        assert width >= 100 and height >= 100

    def test_a_frame_comes_as_a_tensor_of_the_same_size(self, api, session):
        path = "/v1/sessions/%s/render" % session
        picture = api.get(path).body
        answer = api.get(path, Accept="application/vnd.corral.tensors")
        length = struct.unpack("<I", answer.body[:4])[0]
        tensor = json.loads(answer.body[4 : 4 + length])["frame"]["tensor"]
        assert tensor["dtype"] == "uint8"
        assert tensor["shape"] == [*reversed(struct.unpack(">II", picture[16:24])), 3]
        assert tensor["nbytes"] == tensor["shape"][0] * tensor["shape"][1] * 3
        assert len(answer.body) >= tensor["offset"] + tensor["nbytes"]

    def test_a_type_that_no_frame_has_is_not_acceptable(self, api, session):
        answer = api.get("/v1/sessions/%s/render" % session, Accept="video/mp4")
        assert (answer.status, answer.code) == (406, "not_acceptable")

    def test_observations_come_as_tensors_too(self, api, session):
        answer = api.call(
            "POST", "/v1/sessions/%s/step" % session, {"action": 0}, {"Accept": "application/vnd.corral.tensors"}
        )
        length = struct.unpack("<I", answer.body[:4])[0]
        header = json.loads(answer.body[4 : 4 + length])
        assert header["observation"]["image"]["tensor"]["shape"] == [7, 7, 3]
        assert header["index"] == 1

    def test_an_action_may_come_as_a_tensor(self, api):
        session = api.create(CARTPOLE, seed=1)["id"]
        header = json.dumps(
            {"action": {"tensor": {"dtype": "int64", "shape": [], "offset": 0, "nbytes": 8}}, "index": 1}
        )
        head = struct.pack("<I", len(header)) + header.encode()
        body = head + bytes(-len(head) % 64) + struct.pack("<q", 1)
        headers = {"Content-Type": "application/vnd.corral.tensors"}
        answer = api.call("POST", "/v1/sessions/%s/step" % session, body, headers)
        assert (answer.status, answer.json["index"]) == (200, 1), answer
        for broken in [body[:3], body[:40], b"\xff\xff\xff\xff" + body, head.replace(b"int64", b"int65") + bytes(8)]:
            assert api.call("POST", "/v1/sessions/%s/step" % session, broken, headers).status == 400


class TestServer:
    def test_health_says_that_the_server_serves(self, api):
        health = api.get("/v1/health").json
        assert (health["status"], health["max_sessions"]) == ("ok", 64)

    def test_capabilities_tell_the_isolation_in_force_and_why(self, api):
        capabilities = api.get("/v1/capabilities").json
        features = {feature["feature"]: feature for feature in capabilities["features"]}
        assert features["seccomp"]["active"] and features["network"]["reason"]
        assert capabilities["isolation"] == api.create(CARTPOLE)["isolation"]

    def test_environments_are_listed_and_found_by_every_kind_of_reference(self, api):
        listed = api.get("/v1/environments").json["environments"]
        references = [environment["reference"] for environment in listed]
        assert references == sorted(references) and CARTPOLE in [environment["name"] for environment in listed]
        for path in ["classic/CartPole", "classic%2FCartPole", "CartPole-v1", "classic%2FCartPole%40%5E1.0"]:
            found = api.get("/v1/environments/" + path)
            assert found.json["reference"] == CARTPOLE + "@1.0.0", found
        assert found.json["manifest"]["name"] == CARTPOLE
        by_digest = api.get("/v1/environments/" + "classic%2FCartPole%40" + found.json["digest"].replace(":", "%3A"))
        assert by_digest.json["reference"] == CARTPOLE + "@1.0.0", by_digest
        assert api.get("/v1/environments/no/such").code == "not_found"

    def test_the_openapi_document_names_every_path_and_resolves_every_reference(self, api):
        answer = api.get("/v1/openapi.json")
        document = answer.json
        assert document["openapi"].startswith("3.1")
        assert {"/v1/sessions", "/v1/sessions/{session}/step", "/v1/steps", "/metrics"} <= set(document["paths"])
        for reference in set(re.findall(r'"\$ref":"#/components/schemas/(\w+)"', answer.body.decode())):
            assert reference in document["components"]["schemas"]
        for path, item in document["paths"].items():
            for method, operation in item.items():
                assert operation["operationId"] and operation["responses"], (method, path)

    def test_every_path_of_the_document_is_there(self, api):
        for path, item in api.get("/v1/openapi.json").json["paths"].items():
            for method in item:
                filled = path.replace("{session}", str(uuid.uuid4())).replace("{reference}", "no/such")
                body = {} if method == "post" else None
                answer = api.call(method.upper(), filled, body)
                assert answer.status < 500 and answer.code not in ("method_not_allowed",), (method, path, answer)
                if "{" not in path:
                    assert answer.status != 404

    def test_metrics_count_requests(self, api):
        api.create(CARTPOLE)
        answer = api.get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = answer.body.decode().splitlines()
        count = [line for line in lines if line.startswith('corral_http_requests_total{operation="createSession"')]
        assert count and float(count[0].split()[-1]) >= 1
        for line in lines:
            assert re.match(r"^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? [-+0-9.eEInfNa]+)$", line), line

    def test_the_parser_of_prometheus_reads_every_metric(self, api):
        api.create(CARTPOLE)
        families = {family.name: family for family in text_string_to_metric_families(api.get("/metrics").body.decode())}
        assert {family.type for family in families.values()} == {"counter", "gauge", "histogram"}
        for family in families.values():
            assert family.documentation.endswith("."), family
        opened = families["corral_sessions_opened"].samples
        assert [sample.value >= 1 for sample in opened if sample.labels["environment"].startswith(CARTPOLE)] == [True]
        buckets = [
            sample for sample in families["corral_session_start_seconds"].samples if sample.name.endswith("_bucket")
        ]
        assert buckets[-1].labels["le"] == "+Inf"
        assert [bucket.value for bucket in buckets] == sorted(bucket.value for bucket in buckets)

    @needs("promtool")
    def test_promtool_finds_no_fault_with_the_metrics(self, api):
        text = api.get("/metrics").body
        checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        assert checked.returncode == 0, checked.stderr

    def test_a_traceparent_is_accepted_and_logged(self, api, server):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        assert api.get("/v1/capabilities", traceparent="00-%s-00f067aa0ba902b7-01" % trace).status == 200
        assert any(record.get("trace_id") == trace for record in server.records())
        assert api.get("/v1/capabilities", traceparent="nonsense").status == 200
