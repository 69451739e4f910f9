using Assay.Data.Contract;

namespace Assay.Data.Reading.Containers;

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

/// <summary>One row of a source before it is understood: UTF-8 JSON on one line, or what is wrong with it.</summary>
/// <param name="Line">Line from 1 at which it begins.</param>
/// <param name="Bytes">The JSON object.</param>
/// <param name="Problem">Set when the source could not deliver the row; <paramref name="Bytes"/> is then what there is of it.</param>
internal readonly record struct RawRow(long Line, ReadOnlyMemory<byte> Bytes, Finding? Problem = null);
