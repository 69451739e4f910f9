namespace Assay.Hub;

/// <summary>Something is not to be had from the hub or its cache; the message is one line that says what and what to do.</summary>
public sealed class HubException(string message, Exception? inner = null) : IOException(message, inner);
