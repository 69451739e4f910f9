namespace Assay.Data.Reading;

/// <summary>A container cut into rows, some at a time.</summary>
internal abstract class RowSource(InputFile input) : IDisposable
{
    /// <summary>Where the bytes come from; closed with this.</summary>
    public InputFile Input => input;

    /// <summary>What the container is, for people: <c>JSON Lines</c>, <c>CSV</c>, …</summary>
    public abstract string Container { get; }

    /// <summary>The next rows in order; null at the end.</summary>
    public abstract IReadOnlyList<RawRow>? ReadChunk();

    /// <summary>Bytes of the file (compressed, where it is) read so far.</summary>
    public virtual long BytesRead => input.BytesRead;

    public virtual void Dispose() => input.Dispose();
}
