namespace Assay.Judges;

/// <summary>
/// A chat client of ours will not answer this one request, such as a prompt beyond its context; others it will. The call is then without a
/// verdict, as where an endpoint refuses.
/// </summary>
public sealed class RequestRefusedException(string message) : Exception(message);
