import Foundations
import JSON

extension Manifest {
    /// Checks the parameters of a session against the manifest's schema, where it has one.
    ///
    /// - Returns: The parameters with the defaults of those that are missing.
    /// - Throws: `invalidArgument` whose message begins with the path, such as `params.size`.
    public func checkParameters(_ given: JSONObject) throws(Failure) -> JSONObject {
        guard let parameters else { return given }
        let completed = Schema.applyingDefaults(.object(given), parameters)
        do { try Schema.check(completed, parameters) } catch { throw error.failure(root: "params") }
        return completed.object ?? given
    }
}
