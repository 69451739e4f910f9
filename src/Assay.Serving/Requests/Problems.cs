namespace Assay.Serving.Requests;

/// <summary>Problems that more than one place has.</summary>
internal static class Problems
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>There is no model to ask, now.</summary>
    public static Problem Unavailable(string why) => new(503, "not_ready", why + "; ask again") { RetryAfter = Soon };

    public static Problem TooLarge(long limit) => new(413, "body_too_large", $"the body has more than {limit} bytes; send less at once");

    public static Problem Unauthorized { get; } =
        new(401, "unauthorized", "wanted an API key of this server, as Authorization: Bearer KEY or X-API-Key: KEY");

    public static Problem Fault { get; } = new(500, "fault", "a fault of the server; its log has the details");
}
