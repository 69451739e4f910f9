namespace Assay.Serving.Requests;

/// <summary>Why a request is not answered with scores; each dialect words it in its own shape.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">A stable word, such as <c>over_length</c>.</param>
/// <param name="Message">What was found, what was wanted and what to do. Never a text that the client sent.</param>
/// <param name="Field">The field of the body, such as <c>query[3]</c>, or null.</param>
internal sealed record Problem(int Status, string Code, string Message, string? Field = null)
{
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The field and the message, for shapes that have no place for the field.</summary>
    public string Sentence => Field is null ? Message : $"{Field}: {Message}";
}

/// <summary>Ends a request with a <see cref="Requests.Problem"/>.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Sentence)
{
    public ProblemException(int status, string code, string message, string? field = null)
        : this(new Problem(status, code, message, field)) { }

    public Problem Problem { get; } = problem;
}
