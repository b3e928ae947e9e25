import CorralABI
import Foundations
import JSON
import NativeEnvironments
import VectorEnvironments

/// What the calls of one process share.
enum Library {
    static let table = Guarded(VectorTable())

    private static let made: Result<EnvironmentRegistry, Failure> = {
        do throws(Failure) {
            return .success(try NativeEnvironments.registry(wide: Processor.isWide))
        } catch {
            return .failure(error)
        }
    }()

    static func registry() throws(Failure) -> EnvironmentRegistry { try made.get() }

    /// - Throws: `sessionClosed`.
    static func vector(_ handle: UInt64) throws(Failure) -> OpenVector {
        guard let vector = table.withLock({ $0[handle] }) else { throw closed }
        return vector
    }

    static var closed: Failure {
        Failure(.sessionClosed, "the vector was closed or never made", next: "make one with corral_vector_make")
    }
}

@c(corral_abi_version)
public func corralABIVersion() -> Int32 { Int32(CORRAL_ABI_VERSION) }

@c(corral_list)
public func corralList(_ out: UnsafeMutablePointer<CChar>?, _ capacity: Int64) -> Int64 {
    text(out, capacity) { () throws(Failure) in .array(try Library.registry().list().map { .object($0.json) }) }
}

@c(corral_describe)
public func corralDescribe(
    _ id: UnsafePointer<CChar>?, _ out: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int64 {
    text(out, capacity) { () throws(Failure) in
        guard let id = string(id) else { throw Failure(.invalidArgument, "id is null") }
        return .object(try Library.registry().describe(id))
    }
}
