using System.CommandLine;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay completion</c>: a script by which a shell asks the command line itself what may follow (System.CommandLine's <c>[suggest]</c>
/// directive), so that it is never older than the verbs.
/// </summary>
internal static class CompletionCommand
{
    private const string Examples = """
          source <(assay completion bash)                             # in ~/.bashrc
          source <(assay completion zsh)                              # in ~/.zshrc, after compinit
          assay completion fish > ~/.config/fish/completions/assay.fish
          assay completion pwsh | Out-String | Invoke-Expression      # in $PROFILE
        """;

    // The line without the program's name, and where the cursor stands in that.
    private static readonly IReadOnlyDictionary<string, string> Scripts = new Dictionary<string, string>
    {
        ["bash"] = """
            _assay() {
                local line=${COMP_LINE#"${COMP_WORDS[0]}"}
                line=${line# }
                local found
                COMPREPLY=()
                while IFS= read -r found; do COMPREPLY+=("$found"); done < <("${COMP_WORDS[0]}" "[suggest:$((COMP_POINT - ${#COMP_LINE} + ${#line}))]" "$line" 2>/dev/null)
            }
            complete -o default -F _assay assay ./assay
            """,
        ["zsh"] = """
            _assay() {
                local line=${BUFFER#${words[1]}}
                line=${line# }
                local -a found
                found=("${(@f)$(${words[1]} "[suggest:$((CURSOR - ${#BUFFER} + ${#line}))]" "$line" 2>/dev/null)}")
                if [[ -n $found ]]; then compadd -a found; else _files; fi
            }
            compdef _assay assay ./assay
            """,
        ["fish"] = """
            function __assay_suggestions
                set -l line (commandline -cp | string replace -r '^\S+ ?' '')
                assay "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c assay -a '(__assay_suggestions)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName assay -ScriptBlock {
                param($word, $ast, $cursor)
                $whole = $ast.ToString()
                $line = $whole -replace '^\S+ ?', ''
                $at = $cursor - ($whole.Length - $line.Length)
                assay "[suggest:$at]" $line.PadRight($at) 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = $"The shell: {string.Join(", ", Scripts.Keys)}." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command(
            "completion",
            "Print the script by which a shell completes verbs and options; it is to be read by the shell when it starts."
        )
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            Terminal.PrintAsIs(Scripts[parsed.GetValue(shell)!]);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }
}
