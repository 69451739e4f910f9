using System.Text;

namespace Assay.Cli;

/// <summary>
/// Stands before a terminal and breaks every line that is written to it between words (<see cref="WordWrap"/>), so that no verb has to
/// think of it. Flushed text without a line feed goes out as it is.
/// </summary>
/// <param name="terminal">Where the lines go.</param>
/// <param name="width">Columns of the terminal, asked anew for each line.</param>
internal sealed class WrappingWriter(TextWriter terminal, Func<int> width) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => terminal.Encoding;

    public override void Write(char value)
    {
        lock (_line)
        {
            if (value != '\n')
                _line.Append(value);
            else
                EndLine();
        }
    }

    public override void Write(string? value)
    {
        foreach (var letter in value ?? "")
            Write(letter);
    }

    public override void Flush()
    {
        lock (_line)
        {
            terminal.Write(_line);
            _line.Clear();
            terminal.Flush();
        }
    }

    private void EndLine()
    {
        foreach (var line in WordWrap.Lines(_line.ToString().TrimEnd('\r'), width()))
            terminal.WriteLine(line);
        _line.Clear();
    }
}
