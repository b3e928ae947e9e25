import Foundations
import JSON
import Protos
import Sessions
import Spaces

// What messages ask for, in the runtime's terms.

func sessionID(_ text: String) throws(Failure) -> UniqueID {
    guard let id = UniqueID(text) else {
        throw Failure(
            .notFound, "there is no session \"\(text.prefix(100))\"", next: "create one, or list them",
            details: ["field": "session"])
    }
    return id
}

func index(_ number: Int64?) throws(Failure) -> Int? {
    guard let number else { return nil }
    guard number >= 0 else {
        throw Failure(.invalidArgument, "the index has to be an integer from 0", details: ["field": "index"])
    }
    return Int(number)
}

func seed(_ number: Int64?) throws(Failure) -> Int64? {
    if let number, number < 0 {
        throw Failure(.invalidArgument, "the seed has to be an integer from 0", details: ["field": "seed"])
    }
    return number
}

/// 1 to 1000; 0 stands for 100.
func pageLimit(_ number: Int32, _ field: String = "limit") throws(Failure) -> Int {
    guard (0...1000).contains(number) else {
        throw Failure(.invalidArgument, "\(field) has to be an integer from 1 to 1000", details: ["field": field])
    }
    return number == 0 ? 100 : Int(number)
}

func idempotencyKey(_ text: String) throws(Failure) -> String? {
    guard text.utf8.count <= 256 else {
        throw Failure(.invalidArgument, "the idempotency_key has to have 1 to 256 bytes")
    }
    return text.isEmpty ? nil : text
}

func jsonObject(_ bytes: [UInt8], _ field: String) throws(Failure) -> JSONObject {
    try json(bytes, field, "a JSON object", \.object) ?? [:]
}

func jsonArray(_ bytes: [UInt8], _ field: String) throws(Failure) -> [JSONValue]? {
    try json(bytes, field, "a JSON array", \.array)
}

private func json<Value>(
    _ bytes: [UInt8], _ field: String, _ wanted: String, _ part: KeyPath<JSONValue, Value?>
) throws(Failure) -> Value? {
    if bytes.isEmpty { return nil }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch { throw error.failure }
    guard let found = value[keyPath: part] else {
        throw Failure(
            .invalidArgument, "the field \"\(field)\" has to be \(wanted), not \(value.kindDescription)",
            details: ["field": field])
    }
    return found
}

/// The action as JSON, with the arrays that came as bytes.
func action(_ value: CorralV1.Value?) throws(Failure) -> SplitJSON {
    switch value?.form {
    case .json(let bytes)?: return SplitJSON(text: bytes)
    case .tensors(let bytes)?: return try TensorForm.decode(bytes)
    case .tensor(let tensor)?: return SplitJSON(text: Array("null".utf8), tensors: ["": try Tensor(tensor)])
    case nil: throw Failure(.invalidArgument, "the field \"action\" is missing", details: ["field": "action"])
    }
}

extension Tensor {
    init(_ tensor: CorralV1.Tensor) throws(Failure) {
        guard let dtype = DType(rawValue: tensor.dtype) else {
            throw Failure(
                .invalidArgument, "there is no dtype \"\(tensor.dtype.prefix(40))\"", details: ["field": "dtype"])
        }
        try self.init(dtype: dtype, shape: tensor.shape.map { Int(clamping: $0) }, bytes: tensor.data)
    }
}

extension SessionRequest {
    init(_ request: CorralV1.CreateSessionRequest) throws(Failure) {
        guard !request.environment.isEmpty else {
            throw Failure(
                .invalidArgument, "the field \"environment\" is missing", next: "Environments.List tells what there is",
                details: ["field": "environment"])
        }
        self.init(
            environment: request.environment, instance: request.instance,
            parameters: try jsonObject(request.params, "params"), seed: try GRPCAPI.seed(request.seed),
            options: try jsonObject(request.options, "options"), labels: request.labels, reset: !request.noReset)
        rows = request.rows.map(Int.init)
        autoreset = request.autoreset.isEmpty ? nil : request.autoreset
        if !request.record.isEmpty {
            guard let mode = RecordingMode(rawValue: request.record) else {
                throw Failure(
                    .invalidArgument, "the field \"record\" is none of full, digest and off",
                    details: ["field": "record"])
            }
            record = mode
        }
        prefix = try jsonArray(request.prefix, "prefix")
    }
}
