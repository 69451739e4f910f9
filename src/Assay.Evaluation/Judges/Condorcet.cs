namespace Assay.Evaluation.Judges;

/// <summary>
/// What a majority of independent votes is worth (Condorcet 1785): the standard that real votes, whose errors go together, fall short of.
/// </summary>
public static class Condorcet
{
    /// <summary>
    /// The probability that more than half of <paramref name="votes"/> independent votes are right, an even split counting half.
    /// </summary>
    /// <param name="accuracy">The probability that one vote is right, 0..1.</param>
    /// <param name="votes">1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public static double MajorityAccuracy(double accuracy, int votes)
    {
        if (!(accuracy is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(accuracy), accuracy, "wanted 0 to 1");
        ArgumentOutOfRangeException.ThrowIfLessThan(votes, 1);
        if (accuracy is 0 or 1)
            return accuracy;
        double sum = 0,
            logOfChoices = 0;
        for (var right = 0; right <= votes; right++)
        {
            var probability = Math.Exp(logOfChoices + right * Math.Log(accuracy) + (votes - right) * Math.Log(1 - accuracy));
            if (2 * right >= votes)
                sum += 2 * right == votes ? probability / 2 : probability;
            logOfChoices += Math.Log(votes - right) - Math.Log(right + 1);
        }
        return Math.Min(1, sum);
    }
}
