import Foundations
import Protobuf
import Protos
import Sessions

private typealias P1 = DmEnvRpcV1ExtensionsProperties

/// The extension `properties`, read only: what the server offers and, in a world, what is known of its session.
extension DmEnvConnection {
    private static var messageName: String { "dm_env_rpc.v1.extensions.properties." }

    func properties(_ message: GoogleProtobuf.`Any`) async throws(Failure) -> GoogleProtobuf.`Any` {
        guard message.typeUrl.hasSuffix("/" + Self.messageName + "PropertyRequest") else {
            throw Failure(
                .unimplemented, "the extension \(message.typeUrl.prefix(200)) is not known", next: "properties is")
        }
        let request: P1.PropertyRequest
        do throws(ProtobufError) { request = try P1.PropertyRequest(protobuf: message.value) } catch {
            throw Failure(.invalidArgument, "the extension's message is none of its type: \(error)")
        }
        var response = P1.PropertyResponse()
        switch request.payload {
        case .listProperty(let list)?:
            var listed = P1.ListPropertyResponse()
            guard list.key.isEmpty else { throw missing(list.key) }
            listed.values = try await known().map { $0.spec }
            response.payload = .listProperty(listed)
        case .readProperty(let read)?:
            guard let property = try await known().first(where: { $0.name == read.key }) else {
                throw missing(read.key)
            }
            var answer = P1.ReadPropertyResponse()
            answer.value = property.value
            response.payload = .readProperty(answer)
        case .writeProperty(let write)?:
            throw Failure(.permissionDenied, "the property \"\(write.key.prefix(100))\" cannot be written")
        case nil: throw Failure(.unimplemented, "the request reads, lists and writes no property")
        }
        var wrapped = GoogleProtobuf.`Any`()
        wrapped.typeUrl = "type.googleapis.com/" + Self.messageName + "PropertyResponse"
        wrapped.value = response.protobuf()
        return wrapped
    }

    private func missing(_ key: String) -> Failure {
        Failure(.notFound, "there is no property \"\(key.prefix(100))\"", next: "list the properties")
    }

    private func known() async throws(Failure) -> [Property] {
        var properties = [
            Property(
                "environments", V1.Tensor(try await door.references(visit.caller)), "What worlds can be made of.",
                isList: true)
        ]
        guard let player else { return properties }
        let session = try door.service.summary(player.world, caller: visit.caller)
        properties += [
            Property("environment", V1.Tensor(session.environment), "The exact version."),
            Property("digest", V1.Tensor(session.digest), "The version's digest."),
            Property("instance", V1.Tensor(session.instance ?? ""), "The level, game or task; empty for none."),
            Property("state", V1.Tensor(session.phase.name), "The session's state."),
            Property("index", V1.Tensor(Int64(session.index)), "How many resets and steps there were, less one."),
            Property("episode", V1.Tensor(Int64(session.episode)), "How many resets there were, less one."),
            Property(
                "trajectory_hash", V1.Tensor(session.trajectoryHash ?? ""), "SHA-256 over all resets and steps so far."),
        ]
        return properties
    }
}

private struct Property {
    let name: String
    let value: V1.Tensor
    let spec: P1.PropertySpec

    init(_ name: String, _ value: V1.Tensor, _ description: String, isList: Bool = false) {
        self.name = name
        self.value = value
        var tensor = V1.TensorSpec()
        tensor.name = name
        tensor.dtype = value.payload.flatMap(DataKind.init)?.dtype ?? .string
        if isList { tensor.shape = [-1] }
        var spec = P1.PropertySpec()
        spec.spec = tensor
        spec.isReadable = true
        spec.description = description
        self.spec = spec
    }
}
