namespace Assay.Evaluation.Audits;

/// <summary>What a sound model does when an answer is rewritten by a probe.</summary>
public enum ProbeExpectation
{
    /// <summary>The rewriting adds nothing of worth: the score must not rise (filler, flattery, an injected order to score high).</summary>
    NotRise,

    /// <summary>The rewriting takes something away: the score must fall (a cut ending, an empty answer, another language).</summary>
    Fall,

    /// <summary>Another text stands in for the preferred answer and must lose to it: an answer to another prompt.</summary>
    Lose,

    /// <summary>A text without content stands in for the answer: its score must be among the lowest that answers get.</summary>
    Bottom,

    /// <summary>The rewriting changes neither substance nor quality: the score must hardly move (names swapped).</summary>
    NotMove,
}
