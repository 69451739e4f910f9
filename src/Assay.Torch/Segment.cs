using System.Runtime.InteropServices;

namespace Assay.Torch;

/// <summary>
/// One sequence among packed rows: rows <c>[Start, Start + Length)</c> attend to the rows <c>[PrefixStart, PrefixStart + PrefixLength)</c>,
/// then to their own. Prefix row j has true position j, own row i has <c>PrefixLength + i</c>. A pair with a common prefix is three
/// segments: <c>(0, p, 0, 0)</c>, <c>(p, c, 0, p)</c>, <c>(p + c, r, 0, p)</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Segment(long Start, long Length, long PrefixStart = 0, long PrefixLength = 0);
