import Foundations
import HTTP
import JSON
import REST
import Reactor
import Sessions

/// Plain HTTP has no episodes: each call gets a session of its own, which ends with it.
extension OpenEnvDoor {
    func withSession<Value: Sendable>(
        _ environment: String, instance: String?, _ caller: Caller,
        _ body: @Reactor (UniqueID) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let session = try await start(environment, instance: instance, caller)
        do throws(Failure) {
            let value = try await body(session)
            _ = try await service.close(session, caller: caller)
            return value
        } catch {
            _ = try? await service.close(session, caller: caller)
            throw error
        }
    }

    /// Creates a session that is not reset yet.
    func start(_ environment: String, instance: String?, _ caller: Caller) async throws(Failure) -> UniqueID {
        let request = SessionRequest(environment: environment, instance: instance, reset: false)
        guard let created = try await service.create(request, caller: caller).first?.summary else {
            throw Failure(.internal, "no session was made")
        }
        guard created.agents == nil else {
            _ = try? await service.close(created.id, caller: caller)
            throw Failure(.failedPrecondition, "\(created.environment) has several agents; use /v1")
        }
        return created.id
    }

    func resetOnce(_ request: HTTPRequest, _ environment: String, _ caller: Caller) async throws(Failure)
        -> HTTPResponse
    {
        let wanted: OpenEnvReset
        do throws(OpenEnvMessage.Problem) {
            wanted = try OpenEnvReset(try Self.object(request.body, isOptional: true), isChecked: true)
        } catch { return Self.response(to: error) }
        return try await withSession(environment, instance: wanted.instance, caller) { (session) throws(Failure) in
            let answer = try await self.service.reset(
                session, seed: wanted.seed, options: wanted.options, index: nil, caller: caller)
            return HTTPResponse.json(bytes: try OpenEnvValues.result(answer))
        }
    }

    func stepOnce(_ request: HTTPRequest, _ environment: String, _ caller: Caller) async throws(Failure) -> HTTPResponse
    {
        let action: [UInt8]
        do throws(OpenEnvMessage.Problem) {
            let object = try Self.object(request.body, isOptional: false)
            guard let value = object["action"] else {
                throw .invalid([OpenEnvMessage.item("missing", ["body", "action"], "Field required", .object(object))])
            }
            guard value.object != nil else {
                throw .invalid([
                    OpenEnvMessage.item("dict_type", ["body", "action"], "Input should be a valid dictionary", value)
                ])
            }
            action = value.encoded()
        } catch { return Self.response(to: error) }
        return try await withSession(environment, instance: nil, caller) { (session) throws(Failure) in
            let space = try self.service.summary(session, caller: caller).spaces?.action
            _ = try await self.service.reset(session, seed: nil, options: [:], index: nil, caller: caller)
            let answer = try await self.service.step(
                session, action: try OpenEnvValues.action(action, in: space), index: nil, caller: caller)
            return HTTPResponse.json(bytes: try OpenEnvValues.result(answer))
        }
    }

    func tasks(
        _ call: OpenEnvRoute.TaskCall, _ request: HTTPRequest, _ description: JSONValue, _ named: String
    ) throws(Failure) -> HTTPResponse {
        let tasks = try Self.tasks(of: description, named)
        let object: JSONObject
        do throws(OpenEnvMessage.Problem) { object = try Self.object(request.body, isOptional: true) } catch {
            return Self.response(to: error)
        }
        if let split = object["split"]?.string, split != "instances" {
            return .detail(400, .string("there is no split \(split.prefix(100)); there is: instances"))
        }
        let list = tasks.map(JSONValue.string)
        switch call {
        case .tasks: return .json(["tasks": .array(list), "env_name": .string(named)])
        case .numTasks: return .json(["num_tasks": .integer(Int64(list.count))])
        case .task:
            guard let index = object["index"]?.integer.flatMap({ Int(exactly: $0) }), list.indices.contains(index)
            else {
                return .detail(400, "the index is none of the tasks")
            }
            return .json(["task": list[index]])
        case .taskRange:
            let start = object["start"]?.integer.flatMap { Int(exactly: $0) } ?? 0
            let stop = object["stop"]?.integer.flatMap { Int(exactly: $0) } ?? list.count
            guard start >= 0, stop <= list.count, start <= stop else {
                return .detail(400, "the range is none of the tasks")
            }
            return .json(["tasks": .array(Array(list[start..<stop]))])
        }
    }

    /// - Throws: `not_found` for another environment, `unimplemented` for one that lists no instances.
    nonisolated static func tasks(of description: JSONValue, _ named: String) throws(Failure) -> [String] {
        let name = description["name"]?.string ?? ""
        let short = name.split(separator: "/").last.map(String.init) ?? name
        guard [name.lowercased(), short.lowercased()].contains(named.lowercased()) else {
            throw Failure(.notFound, "there is no environment \(named.prefix(100)) here")
        }
        guard let instances = description["instances"]?.array?.compactMap(\.string), !instances.isEmpty else {
            throw Failure(.unimplemented, "\(short) declares no tasks")
        }
        return instances
    }

    private nonisolated static func response(to problem: OpenEnvMessage.Problem) -> HTTPResponse {
        switch problem {
        case .invalid(let items): .detail(422, .array(items))
        case .notJSON(let text), .unknownType(let text):
            .detail(422, .array([OpenEnvMessage.item("json_invalid", ["body"], "JSON decode error", .string(text))]))
        }
    }

    private nonisolated static func object(
        _ body: [UInt8], isOptional: Bool
    ) throws(OpenEnvMessage.Problem) -> JSONObject {
        if body.isEmpty {
            if isOptional { return [:] }
            throw .invalid([OpenEnvMessage.item("missing", ["body"], "Field required", .null)])
        }
        let value: JSONValue
        do { value = try JSONValue(parsing: body) } catch { throw .notJSON(error.description) }
        if isOptional, value.isNull { return [:] }
        guard let object = value.object else {
            throw .invalid([OpenEnvMessage.item("dict_type", ["body"], "Input should be a valid dictionary", value)])
        }
        return object
    }
}
