import Foundations
import GRPC
import Protobuf
import Protos
import Reactor

/// Server reflection, v1 and v1alpha: what tools ask to learn the services. Both have the same messages on the wire.
public struct ReflectionService: Sendable {
    private typealias V1 = GrpcReflectionV1

    private let services: [String]
    private let files: [ProtobufFile]

    /// - Parameters:
    ///   - services: Full names.
    ///   - files: Those that declare them, and all that these import.
    public init(services: [String], files: [ProtobufFile]) {
        self.services = services
        self.files = files
    }

    public var methods: [GRPCMethod] {
        [
            V1.ServerReflectionService.serverReflectionInfo,
            GrpcReflectionV1alpha.ServerReflectionService.serverReflectionInfo,
        ]
        .map { path in .stream(path) { call throws(GRPCStatus) in ReflectionStream(call, service: self) } }
    }

    func answer(_ message: [UInt8]) throws(ProtobufError) -> [UInt8] {
        let request = try V1.ServerReflectionRequest(protobuf: message)
        var response = V1.ServerReflectionResponse()
        response.validHost = request.host
        response.originalRequest = request
        switch request.messageRequest {
        case .listServices?:
            var list = V1.ListServiceResponse()
            list.service = services.map { name in
                var service = V1.ServiceResponse()
                service.name = name
                return service
            }
            response.messageResponse = .listServicesResponse(list)
        case .fileByFilename(let name)?:
            response.messageResponse = found(files.first { $0.name == name }, name)
        case .fileContainingSymbol(let symbol)?:
            response.messageResponse = found(files.first { $0.symbols.contains(symbol) }, symbol)
        case .fileContainingExtension(let request)?:
            response.messageResponse = missing("no extension of \(request.containingType.prefix(200))")
        case .allExtensionNumbersOfType(let type)?: response.messageResponse = missing("no \(type.prefix(200))")
        case nil: response.messageResponse = missing("the request is empty", .invalidArgument)
        }
        return response.protobuf()
    }

    private func found(_ file: ProtobufFile?, _ name: String) -> V1.ServerReflectionResponse.MessageResponse {
        guard let file else { return missing("no \(name.prefix(200))") }
        var wanted: [ProtobufFile] = []
        var waiting = [file]
        while let next = waiting.popLast() {
            if wanted.contains(where: { $0.name == next.name }) { continue }
            wanted.append(next)
            waiting += next.dependencies.compactMap { name in files.first { $0.name == name } }
        }
        var response = V1.FileDescriptorResponse()
        response.fileDescriptorProto = wanted.map(\.descriptor)
        return .fileDescriptorResponse(response)
    }

    private func missing(
        _ text: String, _ code: GRPCStatus.Code = .notFound
    ) -> V1.ServerReflectionResponse.MessageResponse {
        var error = V1.ErrorResponse()
        error.errorCode = code.rawValue
        error.errorMessage = code == .notFound ? "there is \(text)" : text
        return .errorResponse(error)
    }
}

@Reactor
private final class ReflectionStream: GRPCStreamHandler {
    private let call: GRPCCall
    private let service: ReflectionService

    init(_ call: GRPCCall, service: ReflectionService) {
        self.call = call
        self.service = service
    }

    func received(_ message: [UInt8]) {
        do throws(ProtobufError) { call.send(try service.answer(message)) } catch {
            return call.finish(GRPCStatus(.invalidArgument, "\(error)"))
        }
        call.handled()
    }

    func halfClosed() { call.finish() }
    func closed() {}
}
