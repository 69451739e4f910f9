namespace Assay.Serving;

/// <summary>The model's gate verdict does not permit the use it is to be served for; the message says why.</summary>
public sealed class GateRefusedException(string reason) : Exception(reason);
