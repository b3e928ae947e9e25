import CLinux
import Glibc

/// What the running kernel offers.
public enum Kernel {
    /// The version of Landlock's interface; 0 where there is none.
    public static var landlockVersion: Int { max(0, Int(corral_landlock_version())) }

    /// Raises this process's soft limit of open files to its hard one.
    public static func raiseFileLimit() { _ = corral_raise_file_limit() }

    /// Sets the limit of open files of a running process.
    ///
    /// - Returns: 0, or the `errno`.
    public static func limitFiles(of process: pid_t, to files: UInt64) -> CInt { -corral_limit_files(process, files) }
}
