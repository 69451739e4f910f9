using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Assay.Data;
using Assay.Data.Checking;
using Assay.Evaluation.Metrics;

namespace Assay.Evaluation.FreshPolicy;

/// <summary>
/// The words of one pair a prompt, for at most <see cref="MaxPrompts"/> prompts: those with the smallest hashes, which is a uniform sample
/// of the prompts whatever the order of the rows. One pair a prompt, because answers to one prompt are no independent draws.
/// </summary>
internal sealed class TextSample
{
    public const int MaxPrompts = 4000;

    private readonly Dictionary<ulong, Item> _byPrompt = [];
    private readonly PriorityQueue<ulong, ulong> _largestFirst = new(Comparer<ulong>.Create((one, other) => other.CompareTo(one)));

    /// <param name="Prompt">Hash of the prompt: its low bit puts it on the training or the test side, the same in every set.</param>
    /// <param name="PromptWords">Words of the prompt.</param>
    /// <param name="AnswerWords">Words of one of the two answers.</param>
    /// <param name="Key">The pair's thinning key, see <see cref="ScoreSample"/>.</param>
    public sealed record Item(ulong Prompt, ushort[] PromptWords, ushort[] AnswerWords, double Key);

    /// <summary>In the order of the hashes.</summary>
    public IEnumerable<Item> Items => _byPrompt.Values.OrderBy(item => item.Prompt);

    public void Add(PairScore score, PreferencePair pair, double key)
    {
        var prompt = Hash(score.Group ?? $"row {score.Row}");
        if (_byPrompt.TryGetValue(prompt, out var known))
        {
            if (key >= known.Key)
                return;
        }
        else
        {
            if (_byPrompt.Count == MaxPrompts && prompt > _largestFirst.Peek())
                return;
            if (_byPrompt.Count == MaxPrompts)
                _byPrompt.Remove(_largestFirst.Dequeue());
            _largestFirst.Enqueue(prompt, prompt);
        }
        // Which of the two answers: by the row, so that the sample has as many chosen as rejected ones.
        var answer = (Hash($"answer {score.Row}") & 1) == 0 ? pair.ChosenAnswer : pair.RejectedAnswer;
        _byPrompt[prompt] = new Item(prompt, HashedWords.Of(pair.Prompt), HashedWords.Of(answer), key);
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
