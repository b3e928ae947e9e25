import Catalog
import Foundations
import HTTP
import JSON

extension RESTAPI {
    nonisolated static let catalogRoutes =
        uploadRoutes + environmentRoutes + lifecycleRoutes + namespaceRoutes

    private nonisolated static let changeErrors: [Failure.Code] = [
        .malformedJSON, .invalidArgument, .notFound, .conflict, .failedPrecondition, .unavailable, .unimplemented,
    ]
    private nonisolated static let offset = Route.Query(
        name: "Upload-Offset", summary: "Where the part begins, in bytes.", type: "integer")
    private nonisolated static let checksum = Route.Query(
        name: "Upload-Checksum", summary: "sha256: and the hexadecimal SHA-256 of the part.", type: "string")

    private nonisolated static let uploadRoutes: [Route] = [
        Route(
            "POST", "/v1/uploads", "beginUpload", "Announce a blob, or find the upload of it that has begun",
            body: .object(schema: "BeginUpload", isOptional: false),
            answers: [
                .init(status: 201, summary: "The upload goes on at its offset", schema: "Upload"),
                .init(status: 200, summary: "The blob is stored already", schema: "StoredBlob"),
            ], codes: changeErrors + [.payloadTooLarge, .resourceExhausted, .busy]
        ) { api, call async throws(Failure) in try await api.beginUpload(call) },
        Route(
            "GET", "/v1/uploads/{upload}", "getUpload", "How much of an upload has arrived",
            answers: [.init(status: 200, summary: "The upload", schema: "Upload")], codes: [.notFound, .unimplemented]
        ) { api, call async throws(Failure) in
            api.answer(try await api.registry().upload(call.parameters["upload"] ?? "", caller: call.caller))
        },
        Route(
            "PATCH", "/v1/uploads/{upload}", "appendUpload", "Send the next part", headers: [offset, checksum],
            body: .bytes("application/octet-stream"),
            answers: [.init(status: 200, summary: "The part is on disk", schema: "Upload")],
            codes: changeErrors + [.payloadTooLarge, .resourceExhausted, .busy]
        ) { api, call async throws(Failure) in try await api.appendUpload(call) },
        Route(
            "PUT", "/v1/uploads/{upload}", "finishUpload", "Make the blob of an upload that is complete",
            answers: [.init(status: 201, summary: "The blob is stored", schema: "StoredBlob")],
            codes: changeErrors + [.busy]
        ) { api, call async throws(Failure) in
            let digest = try await api.registry().finishUpload(call.parameters["upload"] ?? "", caller: call.caller)
            return .json(["digest": .string("sha256:\(digest)"), "complete": true], status: 201)
        },
        Route(
            "DELETE", "/v1/uploads/{upload}", "cancelUpload", "Forget an upload",
            answers: [.init(status: 200, summary: "It is gone", schema: "Empty")],
            codes: [.notFound, .busy, .unimplemented]
        ) { api, call async throws(Failure) in
            try await api.registry().cancelUpload(call.parameters["upload"] ?? "", caller: call.caller)
            return .json([:])
        },
    ]

    private nonisolated static let environmentRoutes: [Route] = [
        Route(
            "GET", "/v1/environments", "listEnvironments", "Search the environments of this server",
            query: searchQuery,
            answers: [.init(status: 200, summary: "A page of them", schema: "Environments")],
            codes: [.invalidArgument, .unavailable]
        ) { api, call async throws(Failure) in try await api.searchEnvironments(call) },
        Route(
            "POST", "/v1/environments", "publish", "Register the version in a bundle that was uploaded",
            body: .object(schema: "Publish", isOptional: false),
            answers: [
                .init(status: 201, summary: "The version", schema: "Version"),
                .init(status: 200, summary: "The very same version was published before", schema: "Version"),
            ], codes: changeErrors + [.alreadyExists]
        ) { api, call async throws(Failure) in try await api.publish(call) },
        Route(
            "GET", "/v1/environments/{reference…}/versions", "listVersions",
            "The versions of an environment in the catalog, from the oldest to the newest",
            answers: [.init(status: 200, summary: "All of them", schema: "Versions")],
            codes: [.notFound, .invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in
            let registry = try api.registry()
            let name = try await registry.record(call.reference, caller: call.caller).name
            let records = try await registry.store.versions(of: name)
            return .json(["versions": .array(records.map { .object($0.json) })])
        },
        Route(
            "GET", "/v1/environments/{reference…}/history", "environmentHistory",
            "Who did what to an environment, when and why; the newest first",
            query: [
                .init(name: "before", summary: "The sequence of the last entry of the page before", type: "integer"),
                .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
            ],
            answers: [.init(status: 200, summary: "A page of entries", schema: "History")],
            codes: [.notFound, .invalidArgument, .unimplemented]
        ) { api, call async throws(Failure) in try await api.history(call) },
        Route(
            "GET", "/v1/environments/{reference…}/bundle", "downloadBundle", "The archive of a version",
            headers: [.init(name: "Range", summary: "bytes=FIRST-LAST", type: "string")],
            answers: [
                .init(status: 200, summary: "All of it", schema: nil, contentTypes: ["application/x-tar"]),
                .init(status: 206, summary: "A part of it", schema: nil, contentTypes: ["application/x-tar"]),
            ], codes: [.notFound, .invalidArgument, .failedPrecondition, .unimplemented]
        ) { api, call async throws(Failure) in try await api.downloadBundle(call) },
    ]

    private nonisolated static let searchQuery: [Route.Query] =
        [.init(name: "q", summary: "Words that all have to be found", type: "string")]
        + Facet.allCases.map {
            .init(
                name: $0.rawValue,
                summary: "Only those of this \($0.rawValue); several times, or with commas: any of them",
                type: "string")
        } + [
            .init(name: "reward_min", summary: "The declared reward is at least this", type: "number"),
            .init(name: "reward_max", summary: "The declared reward is at most this", type: "number"),
            .init(name: "sort", summary: "relevance, name, updated or created", type: "string"),
            .init(name: "facets", summary: "true: count the values that the found ones have", type: "boolean"),
            .init(name: "cursor", summary: "The next of the page before", type: "string"),
            .init(name: "limit", summary: "1 to 1000, default 100", type: "integer"),
        ]

    private nonisolated static let lifecycleRoutes: [Route] =
        [
            Route(
                "POST", "/v1/environments/{reference…}/aliases", "setAlias",
                "Let an alias name a version, or remove it with null",
                body: .object(schema: "SetAlias", isOptional: false),
                answers: [.init(status: 200, summary: "The environment", schema: "CatalogEnvironment")],
                codes: changeErrors
            ) { api, call async throws(Failure) in try await api.setAlias(call) },
            Route(
                "PATCH", "/v1/environments/{reference…}", "updateEnvironment",
                "Change what is said about an environment; null takes it from its versions again",
                body: .object(schema: "UpdateEnvironment", isOptional: false),
                answers: [.init(status: 200, summary: "The environment", schema: "CatalogEnvironment")],
                codes: changeErrors
            ) { api, call async throws(Failure) in try await api.updateEnvironment(call) },
        ]
        + [
            transition("deprecate", "Tell every user of a version not to use it", "Deprecate"),
            transition("yank", "Let a version be found by its digest only", "Reason"),
            transition("retire", "End a version for ever", "Reason"),
            transition("restore", "Take a deprecation or a yank back", "Reason"),
        ]

    private nonisolated static func transition(_ name: String, _ summary: String, _ schema: String) -> Route {
        Route(
            "POST", "/v1/environments/{reference…}/\(name)", "\(name)Version", summary,
            body: .object(schema: schema, isOptional: name == "restore"),
            answers: [.init(status: 200, summary: "The version", schema: "Version")], codes: changeErrors
        ) { api, call async throws(Failure) in try await api.apply(name, call) }
    }

    private nonisolated static let namespaceRoutes: [Route] = [
        Route(
            "GET", "/v1/namespaces/{namespace}", "getNamespace", "Who may publish in a namespace",
            answers: [.init(status: 200, summary: "Its owners", schema: "Namespace")], codes: [.unimplemented]
        ) { api, call async throws(Failure) in
            let name = call.parameters["namespace"] ?? ""
            return api.namespace(name, owners: try await api.registry().owners(of: name, caller: call.caller))
        },
        Route(
            "PATCH", "/v1/namespaces/{namespace}", "changeOwners", "Add and remove owners of a namespace",
            body: .object(schema: "ChangeOwners", isOptional: false),
            answers: [.init(status: 200, summary: "Its owners", schema: "Namespace")], codes: changeErrors
        ) { api, call async throws(Failure) in try await api.changeOwners(call) },
    ]
}

extension Call {
    /// The reference that the path names.
    var reference: String { parameters["reference"] ?? "" }
}
