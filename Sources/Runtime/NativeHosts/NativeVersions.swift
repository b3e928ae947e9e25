import Foundations
import JSON
import Manifests
import Sessions
import VectorEnvironments

/// The environments of a registry as versions like any other.
public enum NativeVersions {
    /// One version for each name: `CartPole-v1` is `native/CartPole@1.0.0`. Their Gymnasium ids mean them where no other
    /// manifest lists these.
    public static func entries(of registry: EnvironmentRegistry) throws(Failure) -> [ManifestFolder.Entry] {
        try registry.list().map { (listing) throws(Failure) in
            let manifest = try Manifest(json: try document(listing, registry))
            var entry = ManifestFolder.Entry(
                manifest: manifest, directory: "", digest: try VersionDigest.digest(of: manifest, file: nil))
            entry.yieldsIDs = true
            return entry
        }
    }

    private static func document(
        _ listing: EnvironmentRegistry.Listing, _ registry: EnvironmentRegistry
    ) throws(Failure) -> JSONValue {
        let id = listing.name
        let (stem, major) = parts(of: id)
        var document: JSONObject = [
            "manifest": 1, "name": .string("native/\(stem)"), "version": .string("\(major ?? 1).0.0"),
            "title": .string(id),
            "description": .string(
                "Corral's own \(id), without a worker. What its parameters mean and how equal it is to Gymnasium's: "
                    + "docs/native-fidelity.md."),
            "tags": ["native"],
            "launch": ["native": ["id": .string(id)]],
            "parameters": try NativeParameters(listing, registry).schema,
        ]
        if major != nil { document["gymnasium"] = [.string(id)] }
        if try registry.make(id).renderer != nil { document["render_modes"] = ["rgb_array"] }
        return .object(document)
    }

    /// The name without `-vN`, and N.
    private static func parts(of id: String) -> (stem: String, major: Int?) {
        guard let dash = id.lastIndex(of: "-") else { return (id, nil) }
        let ending = id[id.index(after: dash)...]
        guard ending.first == "v", let major = Int(ending.dropFirst()) else { return (id, nil) }
        return (String(id[..<dash]), major)
    }
}

/// The JSON Schema of the parameters of an environment: its configuration's fields, and the precision.
struct NativeParameters {
    let schema: JSONValue

    init(_ listing: EnvironmentRegistry.Listing, _ registry: EnvironmentRegistry) throws(Failure) {
        let precisions = listing.simulators.map(\.precision)
        var properties: JSONObject = [
            "precision": [
                "enum": .array(precisions.map(JSONValue.string)),
                "default": listing.defaultSimulator.map { .string($0.precision) } ?? .null,
                "description": "float64 has Gymnasium's arithmetic, float32 is the fastest.",
            ]
        ]
        let defaults = try registry.configuration(listing.name).json()
        for (name, value) in Self.flat(defaults, below: "") {
            var property: JSONObject = ["default": value]
            let types = Self.types(of: name, value, listing.name, registry)
            if let only = types.first {
                property["type"] = types.count == 1 ? .string(only) : .array(types.map(JSONValue.string))
            }
            properties[name] = .object(property)
        }
        schema = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
    }

    /// Fields of fields by their dotted names.
    private static func flat(_ value: JSONValue, below prefix: String) -> [(String, JSONValue)] {
        (value.object ?? JSONObject()).flatMap { name, value -> [(String, JSONValue)] in
            guard value.object != nil else { return [(prefix + name, value)] }
            return flat(value, below: prefix + name + ".")
        }
    }

    /// The types of JSON that the field takes, found by trying.
    private static func types(
        of field: String, _ value: JSONValue, _ name: String, _ registry: EnvironmentRegistry
    ) -> [String] {
        let samples: [(String, JSONValue)] = [
            ("boolean", true), ("number", 1.5), ("integer", 1), ("string", "x"), ("array", []), ("null", .null),
        ]
        let taken = samples.filter { type, sample in
            type == Self.type(of: value) || registry.takes(sample, as: field, of: name)
        }
        let types = taken.map(\.0)
        return types.contains("number") ? types.filter { $0 != "integer" } : types
    }

    private static func type(of value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
