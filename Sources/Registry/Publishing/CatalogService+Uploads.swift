import Bundles
import Digest
import Foundations
import Reactor
import Sessions

extension CatalogService {
    /// Begins the upload of a blob, or finds one that has begun.
    ///
    /// - Returns: Nil where the blob is stored already.
    public func beginUpload(digest: String, size: Int64, caller: Caller) async throws(Failure) -> UploadStatus? {
        let owner = try uploader(caller)
        return try await offload { [uploads] () throws(Failure) in
            try uploads.begin(digest: digest, size: size, owner: owner)
        }
    }

    public func upload(_ id: String, caller: Caller) async throws(Failure) -> UploadStatus {
        let owner = try uploader(caller)
        return try await offload { [uploads] () throws(Failure) in try uploads.status(id, owner: owner) }
    }

    public func append(
        _ part: [UInt8], to id: String, at offset: Int64, checksum: Digest32?, caller: Caller
    ) async throws(Failure) -> UploadStatus {
        let owner = try uploader(caller)
        return try await offload { [uploads] () throws(Failure) in
            try uploads.append(part, to: id, at: offset, checksum: checksum, owner: owner)
        }
    }

    public func finishUpload(_ id: String, caller: Caller) async throws(Failure) -> String {
        let owner = try uploader(caller)
        return try await offload { [uploads] () throws(Failure) in try uploads.finish(id, owner: owner) }
    }

    public func cancelUpload(_ id: String, caller: Caller) async throws(Failure) {
        let owner = try uploader(caller)
        try await offload { [uploads] () throws(Failure) in try uploads.cancel(id, owner: owner) }
    }

    /// What a bundle is of is known when it is there: its namespace counts when it is published.
    private func uploader(_ caller: Caller) throws(Failure) -> String {
        try caller.requireSomewhere([.publisher], for: "upload a bundle")
        return caller.id
    }
}
