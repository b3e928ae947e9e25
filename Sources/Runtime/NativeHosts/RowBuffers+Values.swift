import Foundations
import JSON
import Spaces
import VectorEnvironments

/// What lies in the buffers as values of spaces.
extension RowBuffers {
    /// Takes the actions of a step: one action where there is one environment, else those of all rows.
    ///
    /// - Throws: `invalid_action` where the value has not the bytes of that many actions.
    func put(_ value: Value) throws(Failure) {
        let bytes: [UInt8]
        switch value {
        case .tensor(let tensor): bytes = tensor.bytes
        case .json(let number):
            guard let integer = number.integer else { throw wrongActions }
            bytes = withUnsafeBytes(of: integer.littleEndian) { Array($0) }
        default: throw wrongActions
        }
        guard bytes.count == layout.action.bytes * count else { throw wrongActions }
        bytes.withUnsafeBytes { if let start = $0.baseAddress { actions.copyMemory(from: start, byteCount: $0.count) } }
    }

    private var wrongActions: Failure {
        Failure(
            .invalidAction, "the action has not the form of the action space",
            next: "send what the session's action_space says")
    }

    /// The observation of one environment.
    var observation: Value {
        let whole = tensor(layout.observation, outputs.observations, rows: nil)
        switch layout.observationSpace {
        case .discrete: return .json(.integer(integers(whole).first ?? 0))
        case .tuple: return .list(integers(whole).map { .json(.integer($0)) })
        default: return .tensor(whole)
        }
    }

    /// The observations of rows: one array of them; of a tuple, one array for each member.
    ///
    /// - Parameter chosen: Nil for all.
    func observations(_ source: UnsafeMutableRawPointer, rows chosen: [Int]?) -> Value {
        let whole = tensor(layout.observation, source, rows: chosen ?? Array(0..<count))
        guard case .tuple(let members) = layout.observationSpace else { return .tensor(whole) }
        let width = members.count
        let size = layout.observation.dtype.size
        let rows = whole.shape.first ?? 0
        return .list(
            (0..<width).map { member in
                var bytes: [UInt8] = []
                bytes.reserveCapacity(rows * size)
                for row in 0..<rows {
                    let start = (row * width + member) * size
                    bytes.append(contentsOf: whole.bytes[start..<start + size])
                }
                return .tensor(Self.tensor(layout.observation.dtype, [rows], bytes))
            })
    }

    /// The info of one environment: numbers and arrays by name.
    var info: [(String, Value)] { info(outputs.info, rows: nil) }

    /// The info of rows: an array for each name.
    ///
    /// - Parameter chosen: Nil for one environment.
    func info(_ source: UnsafeMutableRawPointer?, rows chosen: [Int]?) -> [(String, Value)] {
        guard var field = source else { return [] }
        var members: [(String, Value)] = []
        for array in layout.info {
            members.append((array.name, .tensor(tensor(array, field, rows: chosen))))
            field += array.bytes * count
        }
        return members
    }

    var rewards: Tensor { tensor(ArrayField("reward", layout.reward), outputs.rewards, rows: Array(0..<count)) }
    var terminated: Tensor { flags(outputs.terminated) }
    var truncated: Tensor { flags(outputs.truncated) }

    /// The reward of the first row.
    var reward: Double {
        layout.reward == .float32
            ? Double(outputs.rewards.load(as: Float.self)) : outputs.rewards.load(as: Double.self)
    }

    /// Rows whose episode has ended in the last step.
    var ended: [Int] { (0..<count).filter { outputs.terminated[$0] | outputs.truncated[$0] != 0 } }

    private func flags(_ flags: UnsafeMutablePointer<UInt8>) -> Tensor {
        Self.tensor(.bool, [count], Array(UnsafeBufferPointer(start: flags, count: count)))
    }

    /// - Parameter rows: Nil: the first one, without an axis of rows.
    private func tensor(_ field: ArrayField, _ source: UnsafeMutableRawPointer, rows: [Int]?) -> Tensor {
        guard let rows else {
            return Self.tensor(field.dtype, field.shape, Self.bytes(source, field.bytes))
        }
        let shape = [rows.count] + field.shape
        if rows.count == count { return Self.tensor(field.dtype, shape, Self.bytes(source, field.bytes * count)) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * field.bytes)
        for row in rows { bytes.append(contentsOf: Self.bytes(source + row * field.bytes, field.bytes)) }
        return Self.tensor(field.dtype, shape, bytes)
    }

    private static func bytes(_ source: UnsafeMutableRawPointer, _ count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: source, count: count))
    }

    private static func tensor(_ dtype: DType, _ shape: [Int], _ bytes: [UInt8]) -> Tensor {
        do throws(Failure) { return try Tensor(dtype: dtype, shape: shape, bytes: bytes) } catch {
            preconditionFailure("a kernel's array is not what its layout says: \(error.message)")
        }
    }

    private func integers(_ tensor: Tensor) -> [Int64] { tensor.numbers(as: Int64.self) ?? [] }
}
