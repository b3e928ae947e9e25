import JSON
import Spaces

extension ArrayField {
    /// `{"name","dtype","shape","bytes"}`.
    public var json: JSONObject {
        [
            "name": .string(name), "dtype": .string(dtype.rawValue),
            "shape": .array(shape.map { .integer(Int64($0)) }), "bytes": .integer(Int64(bytes)),
        ]
    }
}

extension [ArrayField] {
    /// The fields with the offset of each, in bytes of one row.
    var jsonWithOffsets: JSONValue {
        var offset = 0
        var list: [JSONValue] = []
        for field in self {
            var form = field.json
            form["offset"] = .integer(Int64(offset))
            list.append(.object(form))
            offset += field.bytes
        }
        return .array(list)
    }
}

extension VectorEnvironment {
    /// How the arrays of one row look: spaces in their JSON form, dtype, shape and bytes of each array.
    public var layoutJSON: JSONObject {
        let layout = layout
        var form: JSONObject = [
            "count": .integer(Int64(count)),
            "autoreset": .string(autoreset.rawValue),
            "observation_space": layout.observationSpace.json,
            "action_space": layout.actionSpace.json,
            "observation": .object(layout.observation.json),
            "action": .object(layout.action.json),
            "reward": .object(ArrayField("reward", layout.reward).json),
            "info": layout.info.jsonWithOffsets,
            "info_bytes": .integer(Int64(layout.infoBytes)),
            "record": recordFields.jsonWithOffsets,
            "record_bytes": .integer(Int64(recordBytes)),
            "render": .null,
        ]
        if let renderer {
            form["render"] = [
                "height": .integer(Int64(renderer.height)), "width": .integer(Int64(renderer.width)),
            ]
        }
        return form
    }
}
