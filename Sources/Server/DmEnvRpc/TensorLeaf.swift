import Foundations
import JSON
import Protos
import Spaces

typealias V1 = DmEnvRpcV1

/// One tensor of dm_env_rpc: a part of a space that has a name of its own.
struct TensorLeaf: Sendable {
    enum Kind: Sendable {
        /// A Box, MultiDiscrete or MultiBinary.
        case array(Space.Box)
        case discrete(Space.Discrete)
        case text
        /// Any number of values that are one integer or one array.
        case sequence(Space.Box)
        /// What has no form in dm_env_rpc: a text that is JSON.
        case json
    }

    let name: String
    /// Where it stands in the value.
    let path: [Step]
    let kind: Kind

    enum Step: Sendable, Hashable {
        case key(String)
        case place(Int)
    }

    /// The parts of a space. What a space has without a name is called `fallback`.
    static func leaves(of space: Space, fallback: String) -> [TensorLeaf] {
        var leaves: [TensorLeaf] = []
        collect(space, [], into: &leaves)
        var names = Set<String>()
        return leaves.map { leaf in
            var name = leaf.path.map(\.name).joined(separator: ".")
            if name.isEmpty { name = fallback }
            while !names.insert(name).inserted { name += "_" }
            return TensorLeaf(name: name, path: leaf.path, kind: leaf.kind)
        }
    }

    private static func collect(_ space: Space, _ path: [Step], into leaves: inout [TensorLeaf]) {
        func add(_ kind: Kind) { leaves.append(TensorLeaf(name: "", path: path, kind: kind)) }
        switch space {
        case .dict(let dict):
            for member in dict.members { collect(member.space, path + [.key(member.key)], into: &leaves) }
        case .tuple(let spaces):
            for (place, space) in spaces.enumerated() { collect(space, path + [.place(place)], into: &leaves) }
        case .discrete(let discrete): add(.discrete(discrete))
        case .text: add(.text)
        case .sequence(let feature, _):
            if let box = feature.numbers, DataKind(box.dtype) != nil { add(.sequence(box)) } else { add(.json) }
        case .oneOf: add(.json)
        case .box, .multiDiscrete, .multiBinary:
            if let box = space.tensorBox, DataKind(box.dtype) != nil { add(.array(box)) } else { add(.json) }
        }
    }
}

extension TensorLeaf.Step {
    var name: String {
        switch self {
        case .key(let key): key
        case .place(let place): "\(place)"
        }
    }
}

extension Space {
    /// The box of values that are one number or one array.
    fileprivate var numbers: Box? {
        guard case .discrete(let space) = self else { return tensorBox }
        return try? Box(
            dtype: .int64, shape: [], low: Tensor([space.start], shape: []), high: Tensor([space.last], shape: []))
    }
}

extension TensorLeaf {
    /// Negative lengths are variable.
    var shape: [Int32] {
        switch kind {
        case .array(let box): box.shape.map { Int32(clamping: $0) }
        case .sequence(let box): [-1] + box.shape.map { Int32(clamping: $0) }
        case .discrete, .text, .json: []
        }
    }

    var dataKind: DataKind {
        switch kind {
        case .array(let box), .sequence(let box): DataKind(box.dtype) ?? .string
        case .discrete: .int64
        case .text, .json: .string
        }
    }

    var spec: V1.TensorSpec {
        var spec = V1.TensorSpec()
        spec.name = name
        spec.shape = shape
        spec.dtype = dataKind.dtype
        switch kind {
        case .array(let box): (spec.min, spec.max) = (box.low.bound, box.high.bound)
        case .sequence(let box):
            // Bounds of a tensor with a variable length are one number.
            if box.low.count == 1 { spec.min = box.low.bound }
            if box.high.count == 1 { spec.max = box.high.bound }
        case .discrete(let space):
            (spec.min, spec.max) = (.integer(space.start), .integer(space.last))
        case .text, .json: break
        }
        return spec
    }
}

extension V1.TensorSpec.Value {
    fileprivate static func integer(_ number: Int64) -> V1.TensorSpec.Value {
        var array = V1.Tensor.Int64Array()
        array.array = [number]
        var value = V1.TensorSpec.Value()
        value.payload = .int64s(array)
        return value
    }
}

extension Tensor {
    /// The tensor as a bound of a spec; nil where it bounds nothing.
    fileprivate var bound: V1.TensorSpec.Value? {
        guard let kind = DataKind(dtype), let payload = kind.payload(of: self) else { return nil }
        var value = V1.TensorSpec.Value()
        switch payload {
        case .floats(let array):
            if array.array.allSatisfy(\.isInfinite) { return nil }
            value.payload = .floats(array)
        case .doubles(let array):
            if array.array.allSatisfy(\.isInfinite) { return nil }
            value.payload = .doubles(array)
        case .int8s(let array): value.payload = .int8s(array)
        case .int32s(let array): value.payload = .int32s(array)
        case .int64s(let array): value.payload = .int64s(array)
        case .uint8s(let array): value.payload = .uint8s(array)
        case .uint32s(let array): value.payload = .uint32s(array)
        case .uint64s(let array): value.payload = .uint64s(array)
        case .bools, .strings, .protos: return nil
        }
        return value
    }
}
