import Foundations
import YAML

/// Why a value does not fit a schema, and where in the value.
struct SchemaViolation: Error, Hashable {
    enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    var path: [Step] = []
    let message: String
    var next = ""
    /// Whether the last step names a key that is at fault itself, not its value.
    var isAboutKey = false

    /// The same, seen from one level above.
    func inside(_ step: Step) -> SchemaViolation {
        var outer = self
        outer.path.insert(step, at: 0)
        return outer
    }

    /// `launch.process.command[1]`.
    static func text(of path: [Step]) -> String {
        path.reduce("") { text, step in
            switch step {
            case .index(let index): "\(text)[\(index)]"
            case .key(let key): text.isEmpty ? key : "\(text).\(key)"
            }
        }
    }

    /// As `invalidArgument` that begins with the path.
    func failure(root: String) -> Failure {
        let path = Self.text(of: [.key(root)] + (isAboutKey ? path.dropLast() : path))
        return Failure(.invalidArgument, "\(path): \(message)", next: next, details: ["path": path])
    }

    /// As `invalidArgument` that begins with the place in a document.
    func failure(in document: YAMLNode) -> Failure {
        var node = document
        var mark = document.mark
        walk: for (index, step) in path.enumerated() {
            switch step {
            case .key(let key):
                guard let pair = node.pair(key) else { break walk }
                mark = isAboutKey && index == path.count - 1 ? pair.keyMark : pair.value.mark
                node = pair.value
            case .index(let index):
                guard let item = node[index] else { break walk }
                (node, mark) = (item, item.mark)
            }
        }
        let path = isAboutKey ? Self.text(of: path.dropLast()) : Self.text(of: path)
        return mark.failure(path.isEmpty ? message : "\(path): \(message)", next: next)
    }
}
