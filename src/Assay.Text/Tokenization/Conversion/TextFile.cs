using System.Text;

namespace Assay.Text.Tokenization.Conversion;

/// <summary>A file of lines as Python reads it: CR and CRLF end a line too, and the last line may lack its end.</summary>
internal static class TextFile
{
    /// <exception cref="TokenizerException">It is not UTF-8.</exception>
    public static List<string> Lines(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw new TokenizerException($"{file}: it is not UTF-8");
        var lines = Encoding.UTF8.GetString(bytes).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n').ToList();
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
