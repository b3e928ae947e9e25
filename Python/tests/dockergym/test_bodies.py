"""Bodies that do not fit are answered with 422 in the form of FastAPI and pydantic, without an error code."""

import pytest


def item(type, loc, msg, input):
    return {"type": type, "loc": ["body", *loc], "msg": msg, "input": input}


NOT_OBJECT = "Input should be a valid dictionary or object to extract fields from"
CREATIONS = [
    ({"env_id": 5}, [item("string_type", ["env_id"], "Input should be a valid string", 5)]),
    ({"env_id": ["a"]}, [item("string_type", ["env_id"], "Input should be a valid string", ["a"])]),
    ({"params": []}, [item("dict_type", ["params"], "Input should be a valid dictionary", [])]),
    ({"params": None}, [item("dict_type", ["params"], "Input should be a valid dictionary", None)]),
    (
        {"env_id": True, "params": "x"},
        [
            item("string_type", ["env_id"], "Input should be a valid string", True),
            item("dict_type", ["params"], "Input should be a valid dictionary", "x"),
        ],
    ),
    ([1], [item("model_attributes_type", [], NOT_OBJECT, [1])]),
    ("text", [item("model_attributes_type", [], NOT_OBJECT, "text")]),
]
STEPS = [
    (None, [item("missing", [], "Field required", None)]),
    (b"null", [item("missing", [], "Field required", None)]),
    ({}, [item("missing", ["action"], "Field required", {})]),
    ({"act": 1}, [item("missing", ["action"], "Field required", {"act": 1})]),
    ({"action": 1}, [item("string_type", ["action"], "Input should be a valid string", 1)]),
    ({"action": None}, [item("string_type", ["action"], "Input should be a valid string", None)]),
    (3, [item("model_attributes_type", [], NOT_OBJECT, 3)]),
]


@pytest.mark.parametrize("body, detail", CREATIONS, ids=repr)
def test_a_creation_that_does_not_fit_names_every_field(api, body, detail):
    answer = api.post("/sessions", body)
    assert (answer.status, answer.json) == (422, {"detail": detail})


@pytest.mark.parametrize("body, detail", STEPS, ids=repr)
def test_a_step_that_does_not_fit_is_refused_before_its_session_is_looked_for(api, body, detail):
    answer = api.post("/sessions/nobody/step", body)
    assert (answer.status, answer.json) == (422, {"detail": detail})


@pytest.mark.parametrize(
    "body, position, text",
    [
        (b"{x", 1, "Expecting property name enclosed in double quotes"),
        (b"nonsense", 0, "Expecting value"),
        (b'{"a":1} x', 8, "Extra data"),
        (b'{"a" 1}', 5, "Expecting ':' delimiter"),
        (b'{"a":1 "b":2}', 7, "Expecting ',' delimiter"),
    ],
)
def test_what_is_no_json_names_the_place(api, body, position, text):
    for path in ("/sessions", "/sessions/x/step"):
        answer = api.post(path, body)
        assert answer.status == 422
        assert answer.json["detail"] == [
            {
                "type": "json_invalid",
                "loc": ["body", position],
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": text},
            }
        ]


def test_what_is_no_text_cannot_be_parsed(api):
    answer = api.post("/sessions", b"\xff\xfe")
    assert (answer.status, answer.json) == (400, {"detail": "There was an error parsing the body"})


@pytest.mark.parametrize("key", ["env_id", "cmd"])
def test_parameters_cannot_stand_in_for_the_command_or_the_env_id(api, key):
    answer = api.post("/sessions", {"params": {key: "step"}})
    assert answer.status == 422
    (only,) = answer.json["detail"]
    assert (only["type"], only["loc"]) == ("value_error", ["body", "params", key])


def test_a_refused_body_takes_no_slot(api):
    for _ in range(5):
        api.post("/sessions", {"env_id": 5})
    assert api.get("/health").json["active_sessions"] == 0
