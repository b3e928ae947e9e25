// Made by protoc-gen-corral from corral/v1/sessions.proto. scripts/generate-protos makes it anew.
// swift-format-ignore-file
import Protobuf

extension CorralV1 {
    public struct CreateSessionRequest: ProtobufMessage {
        /// `classic/CartPole`, `CartPole-v1`, `namespace/name@^1.2`.
        public var environment: String = ""
        public var instance: String?
        /// A JSON object; empty stands for `{}`.
        public var params: [UInt8] = []
        public var seed: Int64?
        /// A JSON object for the first reset.
        public var options: [UInt8] = []
        public var labels: [String: String] = [:]
        /// Leaves the first reset to the caller.
        public var noReset: Bool = false
        /// The same key and request within ten minutes get the same session.
        public var idempotencyKey: String = ""
        /// The first observation as tensors.
        public var tensors: Bool = false
        /// Makes a vector session of a native environment: that many rows, stepped together.
        public var rows: Int32?
        /// What rows do behind the end of an episode: `NextStep` (where it is empty), `SameStep` or `Disabled`.
        public var autoreset: String = ""
        /// What is recorded: `full`, `digest` or `off`; empty for what the server's policy says.
        public var record: String = ""
        /// A JSON array of actions that are taken behind the first reset; empty for none.
        public var prefix: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &environment)
                case 2: try reader.read(ProtobufString.self, tag, into: &instance)
                case 3: try reader.read(ProtobufBytes.self, tag, into: &params)
                case 4: try reader.read(ProtobufInt64.self, tag, into: &seed)
                case 5: try reader.read(ProtobufBytes.self, tag, into: &options)
                case 6: try reader.read(ProtobufString.self, ProtobufString.self, tag, into: &labels)
                case 7: try reader.read(ProtobufBool.self, tag, into: &noReset)
                case 8: try reader.read(ProtobufString.self, tag, into: &idempotencyKey)
                case 9: try reader.read(ProtobufBool.self, tag, into: &tensors)
                case 10: try reader.read(ProtobufInt32.self, tag, into: &rows)
                case 11: try reader.read(ProtobufString.self, tag, into: &autoreset)
                case 12: try reader.read(ProtobufString.self, tag, into: &record)
                case 13: try reader.read(ProtobufBytes.self, tag, into: &prefix)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, environment)
            writer.write(ProtobufString.self, 2, instance)
            writer.write(ProtobufBytes.self, 3, params)
            writer.write(ProtobufInt64.self, 4, seed)
            writer.write(ProtobufBytes.self, 5, options)
            writer.write(ProtobufString.self, ProtobufString.self, 6, labels)
            writer.write(ProtobufBool.self, 7, noReset)
            writer.write(ProtobufString.self, 8, idempotencyKey)
            writer.write(ProtobufBool.self, 9, tensors)
            writer.write(ProtobufInt32.self, 10, rows)
            writer.write(ProtobufString.self, 11, autoreset)
            writer.write(ProtobufString.self, 12, record)
            writer.write(ProtobufBytes.self, 13, prefix)
        }
    }

    public struct CreatedSession: ProtobufMessage {
        public var session: CorralV1.Session?
        /// The first reset.
        public var reset: CorralV1.ResetResponse?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Session>.self, tag, into: &session)
                case 2: try reader.read(ProtobufMessageKind<CorralV1.ResetResponse>.self, tag, into: &reset)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Session>.self, 1, session)
            writer.write(ProtobufMessageKind<CorralV1.ResetResponse>.self, 2, reset)
        }
    }

    public struct CreateBatchRequest: ProtobufMessage {
        public var session: CorralV1.CreateSessionRequest?
        /// 1 to 10000.
        public var count: Int32 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.CreateSessionRequest>.self, tag, into: &session)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &count)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.CreateSessionRequest>.self, 1, session)
            writer.write(ProtobufInt32.self, 2, count)
        }
    }

    public struct CreateBatchResponse: ProtobufMessage {
        public var sessions: [CorralV1.CreatedSession] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.CreatedSession>.self, tag, into: &sessions)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.CreatedSession>.self, 1, sessions)
        }
    }

    public struct Session: ProtobufMessage {
        public var id: String = ""
        /// The exact version: `namespace/name@1.2.0`.
        public var environment: String = ""
        public var digest: String = ""
        public var instance: String?
        public var backend: String = ""
        /// What isolation is in force.
        public var isolation: String = ""
        /// `starting`, `ready`, `running`, `ended`, `closed` or `failed`.
        public var state: String = ""
        /// Why it was closed or failed.
        public var reason: String = ""
        /// Of the last accepted reset or step; -1 before the first.
        public var index: Int64 = 0
        public var episode: Int64 = 0
        /// RFC 3339, UTC.
        public var createdAt: String = ""
        public var expiresAt: String = ""
        /// Where it is reached over HTTP.
        public var address: String = ""
        public var labels: [String: String] = [:]
        public var parent: String = ""
        /// How observations are checked: `full`, `sampled` or `off`.
        public var validation: String = ""
        public var agents: [String] = []
        public var trajectoryHash: String = ""
        /// JSON, as docs/rest.md describes spaces; empty before it is known.
        public var observationSpace: [UInt8] = []
        public var actionSpace: [UInt8] = []
        /// The same as the JSON object of REST, which may have members that this message has not.
        public var json: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &id)
                case 2: try reader.read(ProtobufString.self, tag, into: &environment)
                case 3: try reader.read(ProtobufString.self, tag, into: &digest)
                case 4: try reader.read(ProtobufString.self, tag, into: &instance)
                case 5: try reader.read(ProtobufString.self, tag, into: &backend)
                case 6: try reader.read(ProtobufString.self, tag, into: &isolation)
                case 7: try reader.read(ProtobufString.self, tag, into: &state)
                case 8: try reader.read(ProtobufString.self, tag, into: &reason)
                case 9: try reader.read(ProtobufInt64.self, tag, into: &index)
                case 10: try reader.read(ProtobufInt64.self, tag, into: &episode)
                case 11: try reader.read(ProtobufString.self, tag, into: &createdAt)
                case 12: try reader.read(ProtobufString.self, tag, into: &expiresAt)
                case 13: try reader.read(ProtobufString.self, tag, into: &address)
                case 14: try reader.read(ProtobufString.self, ProtobufString.self, tag, into: &labels)
                case 15: try reader.read(ProtobufString.self, tag, into: &parent)
                case 16: try reader.read(ProtobufString.self, tag, into: &validation)
                case 17: try reader.read(ProtobufString.self, tag, into: &agents)
                case 18: try reader.read(ProtobufString.self, tag, into: &trajectoryHash)
                case 19: try reader.read(ProtobufBytes.self, tag, into: &observationSpace)
                case 20: try reader.read(ProtobufBytes.self, tag, into: &actionSpace)
                case 21: try reader.read(ProtobufBytes.self, tag, into: &json)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, id)
            writer.write(ProtobufString.self, 2, environment)
            writer.write(ProtobufString.self, 3, digest)
            writer.write(ProtobufString.self, 4, instance)
            writer.write(ProtobufString.self, 5, backend)
            writer.write(ProtobufString.self, 6, isolation)
            writer.write(ProtobufString.self, 7, state)
            writer.write(ProtobufString.self, 8, reason)
            writer.write(ProtobufInt64.self, 9, index)
            writer.write(ProtobufInt64.self, 10, episode)
            writer.write(ProtobufString.self, 11, createdAt)
            writer.write(ProtobufString.self, 12, expiresAt)
            writer.write(ProtobufString.self, 13, address)
            writer.write(ProtobufString.self, ProtobufString.self, 14, labels)
            writer.write(ProtobufString.self, 15, parent)
            writer.write(ProtobufString.self, 16, validation)
            writer.write(ProtobufString.self, 17, agents)
            writer.write(ProtobufString.self, 18, trajectoryHash)
            writer.write(ProtobufBytes.self, 19, observationSpace)
            writer.write(ProtobufBytes.self, 20, actionSpace)
            writer.write(ProtobufBytes.self, 21, json)
        }
    }

    public struct GetSessionRequest: ProtobufMessage {
        public var session: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
        }
    }

    public struct ListSessionsRequest: ProtobufMessage {
        public var state: String = ""
        public var environment: String = ""
        /// `key` or `key=value`.
        public var label: String = ""
        public var cursor: String = ""
        /// 1 to 1000; 0 stands for 100.
        public var limit: Int32 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &state)
                case 2: try reader.read(ProtobufString.self, tag, into: &environment)
                case 3: try reader.read(ProtobufString.self, tag, into: &label)
                case 4: try reader.read(ProtobufString.self, tag, into: &cursor)
                case 5: try reader.read(ProtobufInt32.self, tag, into: &limit)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, state)
            writer.write(ProtobufString.self, 2, environment)
            writer.write(ProtobufString.self, 3, label)
            writer.write(ProtobufString.self, 4, cursor)
            writer.write(ProtobufInt32.self, 5, limit)
        }
    }

    public struct ListSessionsResponse: ProtobufMessage {
        public var sessions: [CorralV1.Session] = []
        /// Empty on the last page.
        public var next: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Session>.self, tag, into: &sessions)
                case 2: try reader.read(ProtobufString.self, tag, into: &next)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Session>.self, 1, sessions)
            writer.write(ProtobufString.self, 2, next)
        }
    }

    public struct ResetRequest: ProtobufMessage {
        public var session: String = ""
        public var seed: Int64?
        /// A JSON object; empty stands for `{}`.
        public var options: [UInt8] = []
        /// The index that the call shall have: the one of the last accepted call gets the same answer again.
        public var index: Int64?
        /// The observation as tensors.
        public var tensors: Bool = false

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &seed)
                case 3: try reader.read(ProtobufBytes.self, tag, into: &options)
                case 4: try reader.read(ProtobufInt64.self, tag, into: &index)
                case 5: try reader.read(ProtobufBool.self, tag, into: &tensors)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufInt64.self, 2, seed)
            writer.write(ProtobufBytes.self, 3, options)
            writer.write(ProtobufInt64.self, 4, index)
            writer.write(ProtobufBool.self, 5, tensors)
        }
    }

    public struct ResetResponse: ProtobufMessage {
        public var index: Int64 = 0
        public var episode: Int64 = 0
        public var observation: CorralV1.Value?
        /// A JSON object.
        public var info: [UInt8] = []
        /// The seed that was used.
        public var seed: Int64?
        /// Who acts next, where agents take turns.
        public var agent: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt64.self, tag, into: &index)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &episode)
                case 3: try reader.read(ProtobufMessageKind<CorralV1.Value>.self, tag, into: &observation)
                case 4: try reader.read(ProtobufBytes.self, tag, into: &info)
                case 5: try reader.read(ProtobufInt64.self, tag, into: &seed)
                case 6: try reader.read(ProtobufString.self, tag, into: &agent)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt64.self, 1, index)
            writer.write(ProtobufInt64.self, 2, episode)
            writer.write(ProtobufMessageKind<CorralV1.Value>.self, 3, observation)
            writer.write(ProtobufBytes.self, 4, info)
            writer.write(ProtobufInt64.self, 5, seed)
            writer.write(ProtobufString.self, 6, agent)
        }
    }

    public struct StepRequest: ProtobufMessage {
        public var session: String = ""
        public var action: CorralV1.Value?
        public var index: Int64?
        public var tensors: Bool = false

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufMessageKind<CorralV1.Value>.self, tag, into: &action)
                case 3: try reader.read(ProtobufInt64.self, tag, into: &index)
                case 4: try reader.read(ProtobufBool.self, tag, into: &tensors)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufMessageKind<CorralV1.Value>.self, 2, action)
            writer.write(ProtobufInt64.self, 3, index)
            writer.write(ProtobufBool.self, 4, tensors)
        }
    }

    public struct StepResponse: ProtobufMessage {
        public var index: Int64 = 0
        public var episode: Int64 = 0
        public var observation: CorralV1.Value?
        /// None where the environment gave none; in a parallel environment see `agents`.
        public var reward: Double?
        public var terminated: Bool = false
        public var truncated: Bool = false
        /// A JSON object.
        public var info: [UInt8] = []
        /// Who acts next, where agents take turns.
        public var agent: String = ""
        /// In a parallel environment: reward and flags of each agent.
        public var agents: [String: CorralV1.AgentResult] = [:]
        /// In a vector session: reward and flags of each row.
        public var rows: CorralV1.RowResults?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt64.self, tag, into: &index)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &episode)
                case 3: try reader.read(ProtobufMessageKind<CorralV1.Value>.self, tag, into: &observation)
                case 4: try reader.read(ProtobufDouble.self, tag, into: &reward)
                case 5: try reader.read(ProtobufBool.self, tag, into: &terminated)
                case 6: try reader.read(ProtobufBool.self, tag, into: &truncated)
                case 7: try reader.read(ProtobufBytes.self, tag, into: &info)
                case 8: try reader.read(ProtobufString.self, tag, into: &agent)
                case 9: try reader.read(ProtobufString.self, ProtobufMessageKind<CorralV1.AgentResult>.self, tag, into: &agents)
                case 10: try reader.read(ProtobufMessageKind<CorralV1.RowResults>.self, tag, into: &rows)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt64.self, 1, index)
            writer.write(ProtobufInt64.self, 2, episode)
            writer.write(ProtobufMessageKind<CorralV1.Value>.self, 3, observation)
            writer.write(ProtobufDouble.self, 4, reward)
            writer.write(ProtobufBool.self, 5, terminated)
            writer.write(ProtobufBool.self, 6, truncated)
            writer.write(ProtobufBytes.self, 7, info)
            writer.write(ProtobufString.self, 8, agent)
            writer.write(ProtobufString.self, ProtobufMessageKind<CorralV1.AgentResult>.self, 9, agents)
            writer.write(ProtobufMessageKind<CorralV1.RowResults>.self, 10, rows)
        }
    }

    /// Arrays of one axis.
    public struct RowResults: ProtobufMessage {
        public var reward: CorralV1.Tensor?
        /// Of bool.
        public var terminated: CorralV1.Tensor?
        public var truncated: CorralV1.Tensor?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Tensor>.self, tag, into: &reward)
                case 2: try reader.read(ProtobufMessageKind<CorralV1.Tensor>.self, tag, into: &terminated)
                case 3: try reader.read(ProtobufMessageKind<CorralV1.Tensor>.self, tag, into: &truncated)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Tensor>.self, 1, reward)
            writer.write(ProtobufMessageKind<CorralV1.Tensor>.self, 2, terminated)
            writer.write(ProtobufMessageKind<CorralV1.Tensor>.self, 3, truncated)
        }
    }

    public struct AgentResult: ProtobufMessage {
        public var reward: Double?
        public var terminated: Bool = false
        public var truncated: Bool = false

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufDouble.self, tag, into: &reward)
                case 2: try reader.read(ProtobufBool.self, tag, into: &terminated)
                case 3: try reader.read(ProtobufBool.self, tag, into: &truncated)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufDouble.self, 1, reward)
            writer.write(ProtobufBool.self, 2, terminated)
            writer.write(ProtobufBool.self, 3, truncated)
        }
    }

    public struct StepBatchRequest: ProtobufMessage {
        /// Of the caller's choice; the answer has it too.
        public var id: UInt64 = 0
        public var steps: [CorralV1.StepRequest] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, tag, into: &id)
                case 2: try reader.read(ProtobufMessageKind<CorralV1.StepRequest>.self, tag, into: &steps)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, 1, id)
            writer.write(ProtobufMessageKind<CorralV1.StepRequest>.self, 2, steps)
        }
    }

    public struct StepBatchResponse: ProtobufMessage {
        public var id: UInt64 = 0
        /// Aligned with the steps.
        public var results: [CorralV1.StepResult] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, tag, into: &id)
                case 2: try reader.read(ProtobufMessageKind<CorralV1.StepResult>.self, tag, into: &results)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, 1, id)
            writer.write(ProtobufMessageKind<CorralV1.StepResult>.self, 2, results)
        }
    }

    public struct StepResult: ProtobufMessage {
        public enum Result: Sendable, Equatable {
            case step(CorralV1.StepResponse)
            case error(CorralV1.Error)
        }
        public var result: Result?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: CorralV1.StepResponse?
                    if case .step(let old) = result { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.StepResponse>.self, tag, into: &value)
                    if let value { result = .step(value) }
                case 2:
                    var value: CorralV1.Error?
                    if case .error(let old) = result { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.Error>.self, tag, into: &value)
                    if let value { result = .error(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch result {
            case .step(let value)?: writer.always(ProtobufMessageKind<CorralV1.StepResponse>.self, 1, value)
            case .error(let value)?: writer.always(ProtobufMessageKind<CorralV1.Error>.self, 2, value)
            case nil: break
            }
        }
    }

    public struct RunRequest: ProtobufMessage {
        /// Of the caller's choice; the answer has it too.
        public var id: UInt64 = 0
        public enum Call: Sendable, Equatable {
            case step(CorralV1.StepRequest)
            case reset(CorralV1.ResetRequest)
        }
        public var call: Call?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, tag, into: &id)
                case 2:
                    var value: CorralV1.StepRequest?
                    if case .step(let old) = call { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.StepRequest>.self, tag, into: &value)
                    if let value { call = .step(value) }
                case 3:
                    var value: CorralV1.ResetRequest?
                    if case .reset(let old) = call { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.ResetRequest>.self, tag, into: &value)
                    if let value { call = .reset(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, 1, id)
            switch call {
            case .step(let value)?: writer.always(ProtobufMessageKind<CorralV1.StepRequest>.self, 2, value)
            case .reset(let value)?: writer.always(ProtobufMessageKind<CorralV1.ResetRequest>.self, 3, value)
            case nil: break
            }
        }
    }

    public struct RunResponse: ProtobufMessage {
        public var id: UInt64 = 0
        public enum Result: Sendable, Equatable {
            case step(CorralV1.StepResponse)
            case reset(CorralV1.ResetResponse)
            case error(CorralV1.Error)
        }
        public var result: Result?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufUInt64.self, tag, into: &id)
                case 2:
                    var value: CorralV1.StepResponse?
                    if case .step(let old) = result { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.StepResponse>.self, tag, into: &value)
                    if let value { result = .step(value) }
                case 3:
                    var value: CorralV1.ResetResponse?
                    if case .reset(let old) = result { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.ResetResponse>.self, tag, into: &value)
                    if let value { result = .reset(value) }
                case 4:
                    var value: CorralV1.Error?
                    if case .error(let old) = result { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.Error>.self, tag, into: &value)
                    if let value { result = .error(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufUInt64.self, 1, id)
            switch result {
            case .step(let value)?: writer.always(ProtobufMessageKind<CorralV1.StepResponse>.self, 2, value)
            case .reset(let value)?: writer.always(ProtobufMessageKind<CorralV1.ResetResponse>.self, 3, value)
            case .error(let value)?: writer.always(ProtobufMessageKind<CorralV1.Error>.self, 4, value)
            case nil: break
            }
        }
    }

    public struct RenderRequest: ProtobufMessage {
        public enum Form: ProtobufEnum {
            /// What the environment has: pixels or text.
            case any
            case pixels
            case text
            case png
            /// A value that this build does not know.
            case unrecognized(Int32)

            public init(rawValue: Int32) {
                switch rawValue {
                case 0: self = .any
                case 1: self = .pixels
                case 2: self = .text
                case 3: self = .png
                default: self = .unrecognized(rawValue)
                }
            }

            public var rawValue: Int32 {
                switch self {
                case .any: 0
                case .pixels: 1
                case .text: 2
                case .png: 3
                case .unrecognized(let value): value
                }
            }
        }

        public var session: String = ""
        public var form: CorralV1.RenderRequest.Form = CorralV1.RenderRequest.Form(rawValue: 0)
        /// Of a vector session, from 0.
        public var row: Int32 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufEnumKind<CorralV1.RenderRequest.Form>.self, tag, into: &form)
                case 3: try reader.read(ProtobufInt32.self, tag, into: &row)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufEnumKind<CorralV1.RenderRequest.Form>.self, 2, form)
            writer.write(ProtobufInt32.self, 3, row)
        }
    }

    public struct Frame: ProtobufMessage {
        public enum Frame: Sendable, Equatable {
            case text(String)
            case png([UInt8])
            case pixels(CorralV1.Pixels)
        }
        public var frame: Frame?

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1:
                    var value: String?
                    try reader.read(ProtobufString.self, tag, into: &value)
                    if let value { frame = .text(value) }
                case 2:
                    var value: [UInt8]?
                    try reader.read(ProtobufBytes.self, tag, into: &value)
                    if let value { frame = .png(value) }
                case 3:
                    var value: CorralV1.Pixels?
                    if case .pixels(let old) = frame { value = old }
                    try reader.read(ProtobufMessageKind<CorralV1.Pixels>.self, tag, into: &value)
                    if let value { frame = .pixels(value) }
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            switch frame {
            case .text(let value)?: writer.always(ProtobufString.self, 1, value)
            case .png(let value)?: writer.always(ProtobufBytes.self, 2, value)
            case .pixels(let value)?: writer.always(ProtobufMessageKind<CorralV1.Pixels>.self, 3, value)
            case nil: break
            }
        }
    }

    public struct Pixels: ProtobufMessage {
        public var height: Int32 = 0
        public var width: Int32 = 0
        /// Red, green and blue of each, row by row.
        public var rgb: [UInt8] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufInt32.self, tag, into: &height)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &width)
                case 3: try reader.read(ProtobufBytes.self, tag, into: &rgb)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufInt32.self, 1, height)
            writer.write(ProtobufInt32.self, 2, width)
            writer.write(ProtobufBytes.self, 3, rgb)
        }
    }

    public struct InterruptRequest: ProtobufMessage {
        public var session: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
        }
    }

    public struct InterruptResponse: ProtobufMessage {

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
        }
    }

    public struct KeepAliveRequest: ProtobufMessage {
        public var session: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
        }
    }

    public struct KeepAliveResponse: ProtobufMessage {
        public var expiresAt: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &expiresAt)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, expiresAt)
        }
    }

    public struct LogsRequest: ProtobufMessage {
        public var session: String = ""
        /// 1 to 1000; 0 stands for 100.
        public var lines: Int32 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &lines)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufInt32.self, 2, lines)
        }
    }

    public struct LogsResponse: ProtobufMessage {
        public var lines: [String] = []

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &lines)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, lines)
        }
    }

    public struct UsageRequest: ProtobufMessage {
        public var session: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
        }
    }

    public struct UsageResponse: ProtobufMessage {
        public var cpuSeconds: Double = 0
        public var memoryBytes: Int64 = 0
        public var memoryPeakBytes: Int64 = 0
        public var pids: Int64 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufDouble.self, tag, into: &cpuSeconds)
                case 2: try reader.read(ProtobufInt64.self, tag, into: &memoryBytes)
                case 3: try reader.read(ProtobufInt64.self, tag, into: &memoryPeakBytes)
                case 4: try reader.read(ProtobufInt64.self, tag, into: &pids)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufDouble.self, 1, cpuSeconds)
            writer.write(ProtobufInt64.self, 2, memoryBytes)
            writer.write(ProtobufInt64.self, 3, memoryPeakBytes)
            writer.write(ProtobufInt64.self, 4, pids)
        }
    }

    public struct CloseRequest: ProtobufMessage {
        public var session: String = ""
        /// Also ends all that descends from it by forks.
        public var branches: Bool = false

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufBool.self, tag, into: &branches)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufBool.self, 2, branches)
        }
    }

    public struct CloseResponse: ProtobufMessage {
        public var id: String = ""
        public var state: String = ""
        /// How many sessions beside it were ended.
        public var branches: Int64 = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &id)
                case 2: try reader.read(ProtobufString.self, tag, into: &state)
                case 3: try reader.read(ProtobufInt64.self, tag, into: &branches)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, id)
            writer.write(ProtobufString.self, 2, state)
            writer.write(ProtobufInt64.self, 3, branches)
        }
    }

    public struct ForkRequest: ProtobufMessage {
        public var session: String = ""
        /// 1 to 10000; 0 stands for 1.
        public var count: Int32 = 0
        public var seed: Int64?
        public var idempotencyKey: String = ""

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufString.self, tag, into: &session)
                case 2: try reader.read(ProtobufInt32.self, tag, into: &count)
                case 3: try reader.read(ProtobufInt64.self, tag, into: &seed)
                case 4: try reader.read(ProtobufString.self, tag, into: &idempotencyKey)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufString.self, 1, session)
            writer.write(ProtobufInt32.self, 2, count)
            writer.write(ProtobufInt64.self, 3, seed)
            writer.write(ProtobufString.self, 4, idempotencyKey)
        }
    }

    public struct ForkResponse: ProtobufMessage {
        public var sessions: [CorralV1.Session] = []
        public var mechanism: String = ""
        public var exact: Bool = false
        public var durationMs: Double = 0

        public init() {}

        public mutating func merge(from reader: inout ProtobufReader) throws(ProtobufError) {
            while let tag = try reader.nextTag() {
                switch tag.field {
                case 1: try reader.read(ProtobufMessageKind<CorralV1.Session>.self, tag, into: &sessions)
                case 2: try reader.read(ProtobufString.self, tag, into: &mechanism)
                case 3: try reader.read(ProtobufBool.self, tag, into: &exact)
                case 4: try reader.read(ProtobufDouble.self, tag, into: &durationMs)
                default: try reader.skip(tag)
                }
            }
        }

        public func write(to writer: inout ProtobufWriter) {
            writer.write(ProtobufMessageKind<CorralV1.Session>.self, 1, sessions)
            writer.write(ProtobufString.self, 2, mechanism)
            writer.write(ProtobufBool.self, 3, exact)
            writer.write(ProtobufDouble.self, 4, durationMs)
        }
    }

    /// Live holds on environments. A session has one id and one history, whatever door a call comes through.
    public enum SessionsService {
        public static let name = "corral.v1.Sessions"
        /// Starts a session and, unless `no_reset` is set, its first episode.
        public static let create = "/corral.v1.Sessions/Create"
        /// Starts `count` sessions, all or none.
        public static let createBatch = "/corral.v1.Sessions/CreateBatch"
        public static let get = "/corral.v1.Sessions/Get"
        /// The caller's sessions, oldest first.
        public static let list = "/corral.v1.Sessions/List"
        /// Starts an episode.
        public static let reset = "/corral.v1.Sessions/Reset"
        /// Takes one action.
        public static let step = "/corral.v1.Sessions/Step"
        /// Takes actions in several sessions; those of one session in the order of the list.
        public static let stepBatch = "/corral.v1.Sessions/StepBatch"
        public static let render = "/corral.v1.Sessions/Render"
        /// Ends the running step soon.
        public static let interrupt = "/corral.v1.Sessions/Interrupt"
        /// Renews the idle time.
        public static let keepAlive = "/corral.v1.Sessions/KeepAlive"
        /// The last lines of the worker's standard error.
        public static let logs = "/corral.v1.Sessions/Logs"
        public static let usage = "/corral.v1.Sessions/Usage"
        /// Ends a session; also the second time.
        public static let close = "/corral.v1.Sessions/Close"
        /// Copies a live session.
        public static let fork = "/corral.v1.Sessions/Fork"
        /// Resets and steps as a stream, of any number of sessions. Those of one session are done in the order in which they
        /// come; answers carry the `id` of their request. An error of one call does not end the stream.
        public static let run = "/corral.v1.Sessions/Run"
        /// Batches of steps as a stream, several at a time. Answers carry the `id` of their batch and come when all of it is
        /// done; the steps of one session are taken in the order of the batches.
        public static let runBatch = "/corral.v1.Sessions/RunBatch"
    }

    /// The descriptor of the file, for reflection.
    public static let fileSessions = ProtobufFile(
        name: "corral/v1/sessions.proto", package: "corral.v1",
        dependencies: ["corral/v1/values.proto"],
        symbols: ["corral.v1.CreateSessionRequest", "corral.v1.CreateSessionRequest.LabelsEntry", "corral.v1.CreatedSession", "corral.v1.CreateBatchRequest", "corral.v1.CreateBatchResponse", "corral.v1.Session", "corral.v1.Session.LabelsEntry", "corral.v1.GetSessionRequest", "corral.v1.ListSessionsRequest", "corral.v1.ListSessionsResponse", "corral.v1.ResetRequest", "corral.v1.ResetResponse", "corral.v1.StepRequest", "corral.v1.StepResponse", "corral.v1.StepResponse.AgentsEntry", "corral.v1.RowResults", "corral.v1.AgentResult", "corral.v1.StepBatchRequest", "corral.v1.StepBatchResponse", "corral.v1.StepResult", "corral.v1.RunRequest", "corral.v1.RunResponse", "corral.v1.RenderRequest", "corral.v1.RenderRequest.Form", "corral.v1.Frame", "corral.v1.Pixels", "corral.v1.InterruptRequest", "corral.v1.InterruptResponse", "corral.v1.KeepAliveRequest", "corral.v1.KeepAliveResponse", "corral.v1.LogsRequest", "corral.v1.LogsResponse", "corral.v1.UsageRequest", "corral.v1.UsageResponse", "corral.v1.CloseRequest", "corral.v1.CloseResponse", "corral.v1.ForkRequest", "corral.v1.ForkResponse", "corral.v1.Sessions", "corral.v1.Sessions.Create", "corral.v1.Sessions.CreateBatch", "corral.v1.Sessions.Get", "corral.v1.Sessions.List", "corral.v1.Sessions.Reset", "corral.v1.Sessions.Step", "corral.v1.Sessions.StepBatch", "corral.v1.Sessions.Render", "corral.v1.Sessions.Interrupt", "corral.v1.Sessions.KeepAlive", "corral.v1.Sessions.Logs", "corral.v1.Sessions.Usage", "corral.v1.Sessions.Close", "corral.v1.Sessions.Fork", "corral.v1.Sessions.Run", "corral.v1.Sessions.RunBatch"],
        hexadecimal: """
            0a18636f7272616c2f76312f73657373696f6e732e70726f746f1209636f7272616c2e76311a16636f7272616c2f76312f76616c7565732e70726f74
            6f2288040a1443726561746553657373696f6e5265717565737412200a0b656e7669726f6e6d656e74180120012809520b656e7669726f6e6d656e74
            121f0a08696e7374616e636518022001280948005208696e7374616e636588010112160a06706172616d7318032001280c5206706172616d7312170a
            0473656564180420012803480152047365656488010112180a076f7074696f6e7318052001280c52076f7074696f6e7312430a066c6162656c731806
            2003280b322b2e636f7272616c2e76312e43726561746553657373696f6e526571756573742e4c6162656c73456e74727952066c6162656c7312190a
            086e6f5f726573657418072001280852076e6f526573657412270a0f6964656d706f74656e63795f6b6579180820012809520e6964656d706f74656e
            63794b657912180a0774656e736f7273180920012808520774656e736f727312170a04726f7773180a2001280548025204726f7773880101121c0a09
            6175746f7265736574180b2001280952096175746f726573657412160a067265636f7264180c2001280952067265636f726412160a06707265666978
            180d2001280c52067072656669781a390a0b4c6162656c73456e74727912100a036b657918012001280952036b657912140a0576616c756518022001
            2809520576616c75653a023801420b0a095f696e7374616e636542070a055f7365656442070a055f726f7773226e0a0e437265617465645365737369
            6f6e122c0a0773657373696f6e18012001280b32122e636f7272616c2e76312e53657373696f6e520773657373696f6e122e0a057265736574180220
            01280b32182e636f7272616c2e76312e5265736574526573706f6e73655205726573657422650a124372656174654261746368526571756573741239
            0a0773657373696f6e18012001280b321f2e636f7272616c2e76312e43726561746553657373696f6e52657175657374520773657373696f6e12140a
            05636f756e741802200128055205636f756e74224c0a134372656174654261746368526573706f6e736512350a0873657373696f6e7318012003280b
            32192e636f7272616c2e76312e4372656174656453657373696f6e520873657373696f6e7322bf050a0753657373696f6e120e0a0269641801200128
            095202696412200a0b656e7669726f6e6d656e74180220012809520b656e7669726f6e6d656e7412160a066469676573741803200128095206646967
            657374121f0a08696e7374616e636518042001280948005208696e7374616e636588010112180a076261636b656e6418052001280952076261636b65
            6e64121c0a0969736f6c6174696f6e180620012809520969736f6c6174696f6e12140a0573746174651807200128095205737461746512160a067265
            61736f6e1808200128095206726561736f6e12140a05696e6465781809200128035205696e64657812180a07657069736f6465180a20012803520765
            7069736f6465121d0a0a637265617465645f6174180b200128095209637265617465644174121d0a0a657870697265735f6174180c20012809520965
            787069726573417412180a0761646472657373180d2001280952076164647265737312360a066c6162656c73180e2003280b321e2e636f7272616c2e
            76312e53657373696f6e2e4c6162656c73456e74727952066c6162656c7312160a06706172656e74180f200128095206706172656e74121e0a0a7661
            6c69646174696f6e181020012809520a76616c69646174696f6e12160a066167656e747318112003280952066167656e747312270a0f7472616a6563
            746f72795f68617368181220012809520e7472616a6563746f727948617368122b0a116f62736572766174696f6e5f737061636518132001280c5210
            6f62736572766174696f6e537061636512210a0c616374696f6e5f737061636518142001280c520b616374696f6e537061636512120a046a736f6e18
            152001280c52046a736f6e1a390a0b4c6162656c73456e74727912100a036b657918012001280952036b657912140a0576616c756518022001280952
            0576616c75653a023801420b0a095f696e7374616e6365222d0a1147657453657373696f6e5265717565737412180a0773657373696f6e1801200128
            09520773657373696f6e2291010a134c69737453657373696f6e735265717565737412140a0573746174651801200128095205737461746512200a0b
            656e7669726f6e6d656e74180220012809520b656e7669726f6e6d656e7412140a056c6162656c18032001280952056c6162656c12160a0663757273
            6f721804200128095206637572736f7212140a056c696d697418052001280552056c696d6974225a0a144c69737453657373696f6e73526573706f6e
            7365122e0a0873657373696f6e7318012003280b32122e636f7272616c2e76312e53657373696f6e520873657373696f6e7312120a046e6578741802
            2001280952046e65787422a3010a0c52657365745265717565737412180a0773657373696f6e180120012809520773657373696f6e12170a04736565
            64180220012803480052047365656488010112180a076f7074696f6e7318032001280c52076f7074696f6e7312190a05696e64657818042001280348
            015205696e64657888010112180a0774656e736f7273180520012808520774656e736f727342070a055f7365656442080a065f696e64657822bf010a
            0d5265736574526573706f6e736512140a05696e6465781801200128035205696e64657812180a07657069736f64651802200128035207657069736f
            646512320a0b6f62736572766174696f6e18032001280b32102e636f7272616c2e76312e56616c7565520b6f62736572766174696f6e12120a04696e
            666f18042001280c5204696e666f12170a0473656564180520012803480052047365656488010112140a056167656e7418062001280952056167656e
            7442070a055f736565642290010a0b537465705265717565737412180a0773657373696f6e180120012809520773657373696f6e12280a0661637469
            6f6e18022001280b32102e636f7272616c2e76312e56616c75655206616374696f6e12190a05696e64657818032001280348005205696e6465788801
            0112180a0774656e736f7273180420012808520774656e736f727342080a065f696e64657822bd030a0c53746570526573706f6e736512140a05696e
            6465781801200128035205696e64657812180a07657069736f64651802200128035207657069736f646512320a0b6f62736572766174696f6e180320
            01280b32102e636f7272616c2e76312e56616c7565520b6f62736572766174696f6e121b0a0672657761726418042001280148005206726577617264
            880101121e0a0a7465726d696e61746564180520012808520a7465726d696e61746564121c0a097472756e636174656418062001280852097472756e
            636174656412120a04696e666f18072001280c5204696e666f12140a056167656e7418082001280952056167656e74123b0a066167656e7473180920
            03280b32232e636f7272616c2e76312e53746570526573706f6e73652e4167656e7473456e74727952066167656e747312290a04726f7773180a2001
            280b32152e636f7272616c2e76312e526f77526573756c74735204726f77731a510a0b4167656e7473456e74727912100a036b657918012001280952
            036b6579122c0a0576616c756518022001280b32162e636f7272616c2e76312e4167656e74526573756c74520576616c75653a02380142090a075f72
            6577617264229b010a0a526f77526573756c747312290a0672657761726418012001280b32112e636f7272616c2e76312e54656e736f725206726577
            61726412310a0a7465726d696e6174656418022001280b32112e636f7272616c2e76312e54656e736f72520a7465726d696e61746564122f0a097472
            756e636174656418032001280b32112e636f7272616c2e76312e54656e736f7252097472756e636174656422730a0b4167656e74526573756c74121b
            0a0672657761726418012001280148005206726577617264880101121e0a0a7465726d696e61746564180220012808520a7465726d696e6174656412
            1c0a097472756e636174656418032001280852097472756e636174656442090a075f72657761726422500a1053746570426174636852657175657374
            120e0a02696418012001280452026964122c0a05737465707318022003280b32162e636f7272616c2e76312e53746570526571756573745205737465
            707322540a11537465704261746368526573706f6e7365120e0a02696418012001280452026964122f0a07726573756c747318022003280b32152e63
            6f7272616c2e76312e53746570526573756c745207726573756c7473226f0a0a53746570526573756c74122d0a047374657018012001280b32172e63
            6f7272616c2e76312e53746570526573706f6e7365480052047374657012280a056572726f7218022001280b32102e636f7272616c2e76312e457272
            6f72480052056572726f7242080a06726573756c742283010a0a52756e52657175657374120e0a02696418012001280452026964122c0a0473746570
            18022001280b32162e636f7272616c2e76312e53746570526571756573744800520473746570122f0a05726573657418032001280b32172e636f7272
            616c2e76312e52657365745265717565737448005205726573657442060a0463616c6c22b2010a0b52756e526573706f6e7365120e0a026964180120
            01280452026964122d0a047374657018022001280b32172e636f7272616c2e76312e53746570526573706f6e7365480052047374657012300a057265
            73657418032001280b32182e636f7272616c2e76312e5265736574526573706f6e736548005205726573657412280a056572726f7218042001280b32
            102e636f7272616c2e76312e4572726f72480052056572726f7242080a06726573756c7422b2010a0d52656e6465725265717565737412180a077365
            7373696f6e180120012809520773657373696f6e12310a04666f726d18022001280e321d2e636f7272616c2e76312e52656e64657252657175657374
            2e466f726d5204666f726d12100a03726f771803200128055203726f7722420a04466f726d120c0a08464f524d5f414e591000120f0a0b464f524d5f
            504958454c531001120d0a09464f524d5f544558541002120c0a08464f524d5f504e47100322670a054672616d6512140a0474657874180120012809
            480052047465787412120a03706e6718022001280c48005203706e67122b0a06706978656c7318032001280b32112e636f7272616c2e76312e506978
            656c7348005206706978656c7342070a056672616d6522480a06506978656c7312160a06686569676874180120012805520668656967687412140a05
            77696474681802200128055205776964746812100a0372676218032001280c5203726762222c0a10496e746572727570745265717565737412180a07
            73657373696f6e180120012809520773657373696f6e22130a11496e74657272757074526573706f6e7365222c0a104b656570416c69766552657175
            65737412180a0773657373696f6e180120012809520773657373696f6e22320a114b656570416c697665526573706f6e7365121d0a0a657870697265
            735f61741801200128095209657870697265734174223d0a0b4c6f67735265717565737412180a0773657373696f6e18012001280952077365737369
            6f6e12140a056c696e657318022001280552056c696e657322240a0c4c6f6773526573706f6e736512140a056c696e657318012003280952056c696e
            657322280a0c55736167655265717565737412180a0773657373696f6e180120012809520773657373696f6e2293010a0d5573616765526573706f6e
            7365121f0a0b6370755f7365636f6e6473180120012801520a6370755365636f6e647312210a0c6d656d6f72795f6279746573180220012803520b6d
            656d6f72794279746573122a0a116d656d6f72795f7065616b5f6279746573180320012803520f6d656d6f72795065616b427974657312120a047069
            647318042001280352047069647322440a0c436c6f73655265717565737412180a0773657373696f6e180120012809520773657373696f6e121a0a08
            6272616e6368657318022001280852086272616e6368657322510a0d436c6f7365526573706f6e7365120e0a0269641801200128095202696412140a
            05737461746518022001280952057374617465121a0a086272616e6368657318032001280352086272616e636865732288010a0b466f726b52657175
            65737412180a0773657373696f6e180120012809520773657373696f6e12140a05636f756e741802200128055205636f756e7412170a047365656418
            0320012803480052047365656488010112270a0f6964656d706f74656e63795f6b6579180420012809520e6964656d706f74656e63794b657942070a
            055f736565642293010a0c466f726b526573706f6e7365122e0a0873657373696f6e7318012003280b32122e636f7272616c2e76312e53657373696f
            6e520873657373696f6e73121c0a096d656368616e69736d18022001280952096d656368616e69736d12140a05657861637418032001280852056578
            616374121f0a0b6475726174696f6e5f6d73180420012801520a6475726174696f6e4d733292080a0853657373696f6e7312440a0643726561746512
            1f2e636f7272616c2e76312e43726561746553657373696f6e526571756573741a192e636f7272616c2e76312e4372656174656453657373696f6e12
            4c0a0b4372656174654261746368121d2e636f7272616c2e76312e4372656174654261746368526571756573741a1e2e636f7272616c2e76312e4372
            656174654261746368526573706f6e736512370a03476574121c2e636f7272616c2e76312e47657453657373696f6e526571756573741a122e636f72
            72616c2e76312e53657373696f6e12470a044c697374121e2e636f7272616c2e76312e4c69737453657373696f6e73526571756573741a1f2e636f72
            72616c2e76312e4c69737453657373696f6e73526573706f6e7365123a0a05526573657412172e636f7272616c2e76312e5265736574526571756573
            741a182e636f7272616c2e76312e5265736574526573706f6e736512370a045374657012162e636f7272616c2e76312e53746570526571756573741a
            172e636f7272616c2e76312e53746570526573706f6e736512460a09537465704261746368121b2e636f7272616c2e76312e53746570426174636852
            6571756573741a1c2e636f7272616c2e76312e537465704261746368526573706f6e736512340a0652656e64657212182e636f7272616c2e76312e52
            656e646572526571756573741a102e636f7272616c2e76312e4672616d6512460a09496e74657272757074121b2e636f7272616c2e76312e496e7465
            7272757074526571756573741a1c2e636f7272616c2e76312e496e74657272757074526573706f6e736512460a094b656570416c697665121b2e636f
            7272616c2e76312e4b656570416c697665526571756573741a1c2e636f7272616c2e76312e4b656570416c697665526573706f6e736512370a044c6f
            677312162e636f7272616c2e76312e4c6f6773526571756573741a172e636f7272616c2e76312e4c6f6773526573706f6e7365123a0a055573616765
            12172e636f7272616c2e76312e5573616765526571756573741a182e636f7272616c2e76312e5573616765526573706f6e7365123a0a05436c6f7365
            12172e636f7272616c2e76312e436c6f7365526571756573741a182e636f7272616c2e76312e436c6f7365526573706f6e736512370a04466f726b12
            162e636f7272616c2e76312e466f726b526571756573741a172e636f7272616c2e76312e466f726b526573706f6e736512380a0352756e12152e636f
            7272616c2e76312e52756e526571756573741a162e636f7272616c2e76312e52756e526573706f6e73652801300112490a0852756e4261746368121b
            2e636f7272616c2e76312e537465704261746368526571756573741a1c2e636f7272616c2e76312e537465704261746368526573706f6e7365280130
            01620670726f746f33
            """)
}
