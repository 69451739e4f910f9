namespace Assay.Evaluation.Benchmarks;

/// <summary>
/// A benchmark, by the format in which it is published; <see cref="BenchmarkDescription"/> says where, and what its headline is.
/// </summary>
public enum BenchmarkKind
{
    /// <summary>
    /// <c>prompt</c>, <c>chosen</c>, <c>rejected</c>, <c>subset</c>, <c>id</c>; the prior sets have a list of messages as prompt and their
    /// subset in the file's name.
    /// </summary>
    RewardBench,

    /// <summary><c>id</c>, <c>prompt</c>, <c>chosen</c> and <c>rejected</c> lists, <c>num_correct</c>, <c>subset</c>.</summary>
    RewardBench2,

    /// <summary>
    /// <c>id</c>, <c>prompt</c>, <c>chosen</c> and <c>rejected</c> of three styles each, and <c>domain</c>; without it the file's name
    /// begins with the domain.
    /// </summary>
    RmBench,

    /// <summary>
    /// <c>pair_id</c>, <c>source</c>, <c>question</c>, <c>response_A</c>, <c>response_B</c>, <c>label</c> (<c>A&gt;B</c> or <c>B&gt;A</c>).
    /// </summary>
    JudgeBench,

    /// <summary>
    /// <c>input</c>, <c>output_1</c>, <c>output_2</c>, <c>label</c> (1 or 2) with the subset in the path; or pairs with <c>prompt</c>,
    /// <c>chosen</c>, <c>rejected</c>.
    /// </summary>
    LlmBar,

    /// <summary>
    /// Preference proxy evaluations with human votes: <c>question_id</c>, <c>prompt</c>, <c>response_1</c>, <c>response_2</c>,
    /// <c>winner</c>. Tied votes take no part.
    /// </summary>
    PpePreference,

    /// <summary>
    /// Preference proxy evaluations on answers known to be right or wrong: <c>prompt</c>, <c>response_1</c> … <c>response_K</c>,
    /// <c>scores</c> (a list of booleans), <c>sampled_conflict_pairs</c>.
    /// </summary>
    PpeCorrectness,

    /// <summary>
    /// RMB: pairs with <c>pair_uid</c>, <c>conversation_input</c>, <c>chosen</c> and <c>reject</c>, and best-of-N rows with <c>bon_uid</c>,
    /// <c>bon_best</c> and <c>loser_list</c>; <c>category_path</c> names set and goal.
    /// </summary>
    Rmb,

    /// <summary>
    /// One's own file in RewardBench's pair form (<c>prompt</c>, <c>chosen</c>, <c>rejected</c>, optional <c>subset</c>, <c>id</c> and
    /// <c>label</c>), each answer a text, a list of texts or a list of messages.
    /// </summary>
    Own,
}
