/// What a vector does with a row whose episode has ended; raw values are those of Gymnasium's `AutoresetMode`.
public enum AutoresetMode: String, Sendable, CaseIterable {
    /// The step after the end ignores the action and gives the first observation of the next episode, reward 0 and no
    /// flags.
    case nextStep = "NextStep"
    /// The step that ends gives the first observation of the next episode; the last one of the ended episode stands in
    /// the final observations.
    case sameStep = "SameStep"
    /// The caller resets ended rows by a mask; a step before that is refused.
    case disabled = "Disabled"
}
