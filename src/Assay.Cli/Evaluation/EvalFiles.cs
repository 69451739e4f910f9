using Assay.Evaluation.Scores;

namespace Assay.Cli.Evaluation;

/// <summary>What <c>eval</c> writes, and where other verbs find it.</summary>
internal static class EvalFiles
{
    /// <summary>The score file that was meant: the path itself, or the one in a folder that <c>eval</c> wrote.</summary>
    /// <exception cref="UsageException">The folder has none.</exception>
    public static string ScoresAt(string path)
    {
        if (!Directory.Exists(path))
            return path;
        var scores = Path.Combine(path, PairScoreFile.FileName);
        return File.Exists(scores)
            ? scores
            : throw new UsageException(
                $"{path} has no {PairScoreFile.FileName}: make it with assay eval --output-dir {path}, or name a score file"
            );
    }
}
