import JSON
import Spaces

/// One space of every kind, in the JSON form.
let spaceForms: [JSONValue] = [
    [
        "type": "Box", "dtype": "float32", "shape": [4], "low": [-4.8, "-Infinity", -0.5, "-Infinity"],
        "high": [4.8, "Infinity", 0.5, "Infinity"],
    ],
    ["type": "Box", "dtype": "uint8", "shape": [2, 3, 3], "low": 0, "high": 255],
    ["type": "Box", "dtype": "float64", "shape": [], "low": -1, "high": 1],
    ["type": "Box", "dtype": "float16", "shape": [3], "low": "-Infinity", "high": "Infinity"],
    [
        "type": "Box", "dtype": "int64", "shape": [2], "low": -9_223_372_036_854_775_808,
        "high": 9_223_372_036_854_775_807,
    ],
    ["type": "Box", "dtype": "bool", "shape": [3], "low": false, "high": true],
    ["type": "Box", "dtype": "float32", "shape": [0, 2], "low": 0, "high": 1],
    ["type": "Discrete", "n": 5, "start": -2], ["type": "Discrete", "n": 9_223_372_036_854_775_807, "start": 0],
    ["type": "MultiDiscrete", "nvec": [3, 2], "start": [1, -1], "dtype": "int64"],
    ["type": "MultiDiscrete", "nvec": [[3, 2], [4, 1]], "start": [[0, 0], [0, 0]], "dtype": "int32"],
    ["type": "MultiBinary", "shape": [5]], ["type": "MultiBinary", "shape": [2, 2]],
    ["type": "Text", "min_length": 1, "max_length": 10, "charset": "ab😀\"\\"],
    ["type": "Text", "min_length": 0, "max_length": nil, "charset": nil],
    [
        "type": "Dict",
        "spaces": [
            "velocity": ["type": "Box", "dtype": "float64", "shape": [1], "low": [-1.5], "high": 1.5],
            "a/b~c": ["type": "Discrete", "n": 3, "start": 0],
            "position": ["type": "Box", "dtype": "float32", "shape": [2], "low": -4.8, "high": 4.8],
        ],
    ],
    ["type": "Tuple", "spaces": [["type": "Discrete", "n": 2, "start": 0], ["type": "MultiBinary", "shape": [2]]]],
    ["type": "Tuple", "spaces": []],
    [
        "type": "Sequence", "stack": true,
        "space": ["type": "Box", "dtype": "int16", "shape": [2], "low": -3, "high": 3],
    ],
    [
        "type": "OneOf",
        "spaces": [
            ["type": "Discrete", "n": 2, "start": 0],
            ["type": "Box", "dtype": "uint16", "shape": [1], "low": 0, "high": 9],
        ],
    ],
]

/// A space read from its JSON text.
func space(_ text: String) throws -> Space { try Space(json: JSONValue(parsing: text)) }

/// What is wrong with a value given as JSON text; nil where nothing is.
func complaint(_ space: Space, _ text: String, tensors: [String: Tensor] = [:], at pointer: String = "") -> String? {
    do throws(ScanError) {
        _ = try space.canonicalBytes(of: Array(text.utf8), tensors: tensors, pointer: pointer)
        return nil
    } catch { return error.description }
}
