using System.Xml.Linq;
using Assay.Evaluation.Audits;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Evaluation.Metrics;

namespace Assay.Report.Tests;

public sealed class ModelPageTests
{
    private static readonly string Whole = ModelPage.Render(SampleEvidence.Whole());

    [Fact]
    public void The_whole_story_is_a_sound_page() => Assert.Empty(PageCheck.Faults(Whole));

    [Fact]
    public void A_story_of_nothing_but_a_model_folder_is_a_sound_page_that_says_what_is_missing()
    {
        var story = new ModelStory
        {
            Evidence = new EvidenceSet { Items = [] },
            Training = SampleEvidence.Training(),
            Remarks = [],
            Time = "now",
        };
        var page = ModelPage.Render(story);
        Assert.Empty(PageCheck.Faults(page));
        Assert.Contains("No gate was run", page);
        Assert.Equal(["data", "training"], ModelPage.Contents(story).Where(section => section.IsPresent).Select(section => section.Id));
        foreach (var command in new[] { "assay gate --use", "assay eval", "assay audit", "assay fresh", "assay benchmark" })
            Assert.Contains($"<code>{command}", page);
    }

    [Fact]
    public void Every_section_of_the_whole_story_is_present_and_none_is_called_missing()
    {
        Assert.All(ModelPage.Contents(SampleEvidence.Whole()), section => Assert.True(section.IsPresent, section.Id), throwIfEmpty: true);
        Assert.DoesNotContain("class=\"missing\"", Whole);
        Assert.DoesNotContain("(missing)", Whole);
    }

    [Theory]
    [InlineData("<caption>", "<caption></caption><caption>", "without caption")]
    [InlineData(" scope=\"row\"", "", "without scope")]
    [InlineData(" tabindex=\"0\"", "", "not reached by the keyboard")]
    [InlineData("<desc>", "<desc></desc><desc>", "without title or description")]
    [InlineData("<h2 ", "<h5 ", "not well formed")]
    [InlineData("id=\"style\"", "id=\"length\"", "stands 2 times")]
    [InlineData("href=\"#gate\"", "href=\"https://example.org\"", "link to")]
    [InlineData("<main ", "<main onclick=\"x()\" ", "handler")]
    [InlineData("</main>", "<script>x()</script></main>", "runs or fetches")]
    [InlineData("default-src 'none'", "default-src *", "content security policy")]
    [InlineData("</style>", "@import 'x';</style>", "style fetches")]
    [InlineData(" lang=\"en\"", "", "no language")]
    [InlineData("<h1>", "<h3>x</h3><h1>", "skips a level")]
    [InlineData("d=\"M", "d=\"MNaN ", "a drawing with")]
    public void The_check_of_pages_sees_what_is_broken(string sound, string broken, string fault)
    {
        Assert.Contains(sound, Whole);
        Assert.Contains(PageCheck.Faults(Whole.Replace(sound, broken)), found => found.Contains(fault));
    }

    [Fact]
    public void Every_figure_of_the_evidence_stands_on_the_page()
    {
        var text = TextOf(Whole);
        var figures = Figures().ToArray();
        Assert.True(figures.Length > 300, $"{figures.Length} figures");
        Assert.Equal([], (string[])[.. figures.Where(figure => !text.Contains(figure, StringComparison.Ordinal)).Distinct()]);
    }

    private static IEnumerable<string> Figures()
    {
        var eval = SampleEvidence.Eval();
        var audit = SampleEvidence.Audit();
        var fresh = SampleEvidence.Fresh();
        foreach (
            var figures in (
                (IEnumerable<PairFigures>)[eval.Metrics, .. eval.Metrics.Slices, fresh.Fresh, fresh.HumanReviewed!, fresh.Static!]
            )
        )
        {
            foreach (
                var value in new[]
                {
                    figures.Accuracy,
                    figures.AccuracyLow,
                    figures.AccuracyHigh,
                    figures.Loss,
                    figures.MarginMean,
                    figures.MarginStd,
                    figures.RewardMean,
                    figures.RewardStd,
                }
            )
                yield return Figure.Number(value);
            yield return Figure.Count(figures.Pairs);
            yield return Figure.Count(figures.Ties);
        }
        foreach (
            var value in new[]
            {
                eval.Metrics.AccuracyTiesWrong,
                eval.Metrics.AccuracyTiesRight,
                eval.Metrics.AccuracyTiesDropped,
                eval.Auc,
                eval.IntervalByPrompt!.Value.Low,
                eval.IntervalByPrompt!.Value.High,
            }
        )
            yield return Figure.Number(value);
        foreach (var shape in new[] { eval.Margins, eval.ChosenRewards, eval.RejectedRewards })
        foreach (var value in (IEnumerable<double>)[.. shape.Quantiles, shape.Mean, shape.StdPopulation, shape.Skewness])
            yield return Figure.Number(value);
        foreach (var bin in eval.Calibration.EqualWidth.Bins.Concat(eval.Calibration.EqualMass.Bins).Where(bin => bin.Count > 0))
        foreach (var value in new[] { bin.MeanProbability, bin.WinRate, bin.Gap })
            yield return Figure.Number(value);
        foreach (
            var value in new[]
            {
                eval.Calibration.Temperature.Temperature,
                eval.Calibration.EqualMass.ExpectedCalibrationError,
                eval.Calibration.Brier,
                eval.Calibration.LossTimesThree,
                eval.Calibration.ExpectedCalibrationErrorAtTemperature,
            }
        )
            yield return Figure.Number(value);
        foreach (var matched in audit.Length!.Matched)
        foreach (var value in new[] { matched.Accuracy, matched.Share, matched.Interval.Low, matched.Interval.High })
            yield return Figure.Number(value);
        foreach (var bucket in audit.Length.ByRatio.Concat(audit.Length.ByDifference))
        foreach (var value in new[] { bucket.Accuracy, bucket.MeanMargin, bucket.Interval.Low })
            yield return Figure.Number(value);
        foreach (var feature in audit.Style!.Features)
        foreach (
            var value in new[]
            {
                feature.LabelPrefersMore,
                feature.ModelPrefersMore,
                feature.AccuracyWhenChosenHasMore,
                feature.AccuracyWhenChosenHasLess,
            }
        )
            yield return Figure.Number(value);
        foreach (var probe in audit.Probes)
        foreach (
            var value in new[]
            {
                probe.MeanShiftInterval.Low / probe.ScoreDeviation,
                probe.MeanMovement / probe.ScoreDeviation,
                probe.MeanMovementInterval.High / probe.ScoreDeviation,
                probe.RaisedShare,
                probe.RaisedInterval.High,
                probe.FlippedShare,
                probe.FlippedInterval.Low,
            }
        )
            yield return Figure.Number(value);
        foreach (
            var value in new[]
            {
                audit.Baselines!.LengthOnly,
                audit.Baselines.LengthOnlyInterval.Low,
                audit.Baselines.BagOfWords,
                audit.Baselines.BagOfWordsInterval.High,
                audit.Baselines.Model,
                audit.Baselines.ModelInterval.Low,
            }
        )
            yield return Figure.Number(value);
        foreach (var shift in fresh.Shifts)
        foreach (var figure in Figures(shift.Drift))
            yield return figure;
        foreach (var figure in Figures(eval.Drift!.Rewards).Concat(Figures(eval.Drift.Margins)).Append(eval.Drift.From.Sha256))
            yield return figure;
        foreach (
            var interval in new[]
            {
                fresh.IntervalByPrompt,
                fresh.HumanReviewedIntervalByPrompt,
                fresh.StaticIntervalByPrompt,
                fresh.GapIntervalByPrompt,
            }
        )
            yield return Figure.Of(interval);
        foreach (var answers in fresh.Generators.Values)
            yield return Figure.Count(answers);
        foreach (var part in SampleEvidence.Benchmark().Report.Parts)
            yield return Figure.Number(part.Score);
        foreach (var model in SampleEvidence.Comparison().Models)
        foreach (
            var figure in new[]
            {
                Figure.Number(model.Figures.Accuracy),
                Figure.Of(model.IntervalByPrompt),
                Figure.Number(model.Figures.MarginMean),
                model.Scores.Sha256,
            }
        )
            yield return figure;
        foreach (var difference in SampleEvidence.Comparison().Differences)
        foreach (
            var figure in new[]
            {
                Figure.Signed(difference.Difference),
                Figure.Of(difference.Interval),
                Figure.PValue(difference.AdjustedPValue),
                Figure.PValue(difference.McNemar.Exact.PValue),
                Figure.Number(difference.Agreement),
            }
        )
            yield return figure;
        yield return Figure.Signed(fresh.Gap);
        yield return SampleEvidence.Subject.Fingerprint;
        foreach (var item in SampleEvidence.Whole().Evidence.Items)
            yield return item.File.Sha256;
    }

    private static IEnumerable<string> Figures(RewardDrift drift) =>
        new[]
        {
            drift.Reference.Mean,
            drift.Current.Mean,
            drift.KolmogorovSmirnov.Statistic,
            drift.Wasserstein,
            drift.PopulationStability,
            drift.MannWhitney.ProbabilitySecondHigher,
        }.Select(Figure.Number);

    [Theory]
    [InlineData(GateVerdict.Ready, "✓ READY for use: best-of-n", "is-good")]
    [InlineData(GateVerdict.NotReady, "✗ NOT READY for use: best-of-n", "is-bad")]
    [InlineData(GateVerdict.CannotTell, "? CANNOT TELL whether it is ready for use: best-of-n", "is-open")]
    public void The_verdict_stands_before_everything_else_by_sign_and_word(GateVerdict verdict, string words, string style)
    {
        var story = SampleEvidence.Whole();
        var items = story.Evidence.Items.Select(item =>
            item.Evidence is GateEvidence gate ? item with { Evidence = gate with { Verdict = verdict } } : item
        );
        var page = ModelPage.Render(story with { Evidence = new EvidenceSet { Items = [.. items] } });
        var banner = page.IndexOf($"<div class=\"verdict {style}\"", StringComparison.Ordinal);
        Assert.True(banner > 0 && banner < page.IndexOf("<h2", StringComparison.Ordinal));
        Assert.Contains(words, TextOf(page));
        Assert.Contains("length_matched_accuracy", TextOf(page)[..3000]); // what failed is named at the top
    }

    [Fact]
    public void Broken_probes_and_failed_tests_are_told_by_word_and_shape()
    {
        var page = PageCheck.Parse(Whole);
        Assert.Equal("✗ broken", Row(page, "Probes", "filler padding").Elements("td").First().Value);
        Assert.Equal("✓ holds", Row(page, "Probes", "prompt injection").Elements("td").First().Value);
        Assert.Equal("✗ failed", Row(page, "Self-tests", "batch order").Elements("td").First().Value);
        var chart = Drawing(page, "How far the score moves");
        Assert.Single(
            chart.Elements("path"),
            path => path.Attribute("class")!.Value == "whisker two" && path.Attribute("d")!.Value.Contains("l10 10")
        );
        Assert.Contains("wrong", chart.Element("desc")!.Value);
    }

    [Fact]
    public void A_probe_that_found_nothing_to_rewrite_is_not_said_to_hold()
    {
        var audit = SampleEvidence.Audit();
        audit = audit with
        {
            Probes =
            [
                .. audit.Probes.Select(probe =>
                    probe.IsBroken
                        ? probe
                        : probe with
                        {
                            Answers = 0,
                            Prompts = 0,
                            MeanShift = double.NaN,
                            MeanShiftInterval = new(double.NaN, double.NaN),
                        }
                ),
            ],
        };
        var text = TextOf(ModelPage.Render(SampleEvidence.Whole(audit: audit)));
        Assert.Contains("? not measured", text);
        Assert.DoesNotContain("✓ holds", text);
        Assert.Contains("1 of 1", text);
    }

    [Theory]
    [InlineData(ProbeResult.MinPrompts - 1, "? too few", "1 of 3")]
    [InlineData(ProbeResult.MinPrompts, "✓ holds", "1 of 4")]
    public void A_probe_of_too_few_prompts_neither_holds_nor_counts(int prompts, string verdict, string count)
    {
        var audit = SampleEvidence.Audit();
        audit = audit with
        {
            Probes = [.. audit.Probes.Select(probe => probe.Name == "prompt_injection" ? probe with { Prompts = prompts } : probe)],
        };
        var page = PageCheck.Parse(ModelPage.Render(SampleEvidence.Whole(audit: audit)));
        Assert.Equal(verdict, Row(page, "Probes", "prompt injection").Elements("td").First().Value);
        Assert.Contains(count + " that could be judged", Section(page, "probes").Value);
        Assert.Contains(
            "probes that broke it" + count,
            page.Descendants("dl").Single(list => list.Attribute("class")?.Value == "glance").Value
        );
        Assert.Equal(prompts < ProbeResult.MinPrompts ? 1 : 2, Drawing(page, "How far the score moves").Elements("circle").Count());
    }

    [Fact]
    public void A_probe_that_must_not_move_is_drawn_by_how_far_it_moves_whichever_way()
    {
        var page = PageCheck.Parse(Whole);
        string moved = Drawing(page, "How far the score moves, whichever way").Element("desc")!.Value,
            shifted = Drawing(page, "How far the score moves").Element("desc")!.Value;
        Assert.StartsWith("swapped names: must not move: 0.1428, 0.1317 to 0.1539.", moved);
        Assert.DoesNotContain("filler", moved);
        Assert.DoesNotContain("swapped names", shifted);
        Assert.Contains("filler padding: must not rise: 0.4586", shifted);
    }

    [Fact]
    public void What_speaks_against_the_model_stands_before_the_sections_in_the_words_of_the_audit()
    {
        var audit = SampleEvidence.Audit();
        Assert.Contains(audit.Findings, finding => finding.Kind == "probe"); // else the next line compares nothing
        Assert.Equal(
            audit.Findings.Select(finding => finding.Sentence),
            Section(PageCheck.Parse(Whole), "findings").Descendants("li").Select(item => item.Value)
        );
        Assert.InRange(
            Whole.IndexOf("id=\"findings\"", StringComparison.Ordinal),
            Whole.IndexOf("class=\"glance\"", StringComparison.Ordinal),
            Whole.IndexOf("<nav", StringComparison.Ordinal)
        );

        audit = audit with { Probes = [.. Enumerable.Range(1, 12).Select(i => audit.Probes[0] with { Name = $"probe_{i}" })] };
        string[] items =
        [
            .. Section(PageCheck.Parse(ModelPage.Render(SampleEvidence.Whole(audit: audit))), "findings")
                .Descendants("li")
                .Select(item => item.Value),
        ];
        Assert.Equal(9, items.Length);
        Assert.StartsWith($"and {audit.Findings.Count - 8} more", items[^1]);
    }

    [Fact]
    public void Nothing_found_says_what_was_measured_and_no_audit_is_not_nothing_found()
    {
        var audit = SampleEvidence.Audit();
        audit = audit with
        {
            Length = null,
            Style = null,
            Baselines = null,
            SelfTests = [],
            Probes = [.. audit.Probes.Where(probe => !probe.IsBroken)],
        };
        string Findings(ModelStory story) => Section(PageCheck.Parse(ModelPage.Render(story)), "findings").Value;
        Assert.Contains("Nothing that was measured. Measured: 3 probes.", Findings(SampleEvidence.Whole(audit: audit)));
        var unaudited = SampleEvidence.Whole();
        unaudited = unaudited with
        {
            Evidence = new EvidenceSet { Items = [.. unaudited.Evidence.Items.Where(item => item.Evidence is not AuditEvidence)] },
        };
        Assert.Contains("Nobody looked", Findings(unaudited));
        Assert.DoesNotContain("Nothing that was measured", Findings(unaudited));
    }

    [Fact]
    public void Length_alone_and_words_alone_stand_beside_the_model_and_without_them_nothing_does()
    {
        const string Caption = "The model beside what needs no model";
        Assert.Equal(
            ["length alone", "words alone", "the model"],
            Rows(PageCheck.Parse(Whole), Caption).Select(row => row.Element("th")!.Value)
        );
        var audit = SampleEvidence.Audit();
        Assert.DoesNotContain(Caption, ModelPage.Render(SampleEvidence.Whole(audit: audit with { Baselines = null })));
        Assert.Contains(Caption, ModelPage.Render(SampleEvidence.Whole(audit: audit with { Length = null })));
    }

    [Fact]
    public void The_fresh_section_begins_with_what_it_means_and_names_generators_as_they_are_named()
    {
        var section = Section(PageCheck.Parse(Whole), "fresh");
        Assert.Equal(SampleEvidence.Fresh().Meaning, section.Elements("p").Take(2).Select(sentence => sentence.Value));
        foreach (
            var wanted in new[]
            {
                "120 pairs, 61 prompts",
                "5 of the prompts stand in the static set too",
                "policy_v2",
                SampleEvidence.Fresh().Notes[0],
            }
        )
            Assert.Contains(wanted, section.Value);
        Assert.DoesNotContain("one over their sampling probability", section.Value);
        Assert.DoesNotContain(" alone.", section.Value);
        var asked = TextOf(
            ModelPage.Render(SampleEvidence.Whole(fresh: SampleEvidence.Fresh() with { Policy = "policy_v2", IsWeighted = true }))
        );
        Assert.Contains("of policy_v2 alone.", asked);
        Assert.Contains("one over their sampling probability", asked);
    }

    [Fact]
    public void Without_a_static_set_generators_and_notes_still_stand_on_the_page()
    {
        var fresh = SampleEvidence.Fresh() with
        {
            Static = null,
            Gap = double.NaN,
            GapInterval = null,
            GapIntervalByPrompt = null,
            StaticIntervalByPrompt = null,
            Shifts = [],
            SharedPrompts = null,
        };
        string page = ModelPage.Render(SampleEvidence.Whole(fresh: fresh)),
            section = Section(PageCheck.Parse(page), "fresh").Value;
        Assert.Empty(PageCheck.Faults(page));
        foreach (var wanted in new[] { "No static set was given", "policy_v2", fresh.Notes[0] })
            Assert.Contains(wanted, section);
        Assert.DoesNotContain("Gap, static minus fresh", section);
    }

    [Fact]
    public void The_fresh_chart_and_the_glance_have_the_intervals_by_prompt_where_there_are_any()
    {
        var fresh = SampleEvidence.Fresh();
        string Described(FreshEvidence evidence) =>
            Drawing(PageCheck.Parse(ModelPage.Render(SampleEvidence.Whole(fresh: evidence))), "Accuracy, static beside fresh")
                .Element("desc")!
                .Value;
        Assert.Contains(Figure.Of(fresh.IntervalByPrompt), Described(fresh));
        Assert.Contains(Figure.Of(fresh.Fresh.AccuracyInterval), Described(fresh with { IntervalByPrompt = null }));
        var glance = PageCheck.Parse(Whole).Descendants("dl").Single(list => list.Attribute("class")?.Value == "glance").Value;
        Assert.Contains($"{Figure.Of(fresh.HumanReviewedIntervalByPrompt)} by prompt, 80 pairs", glance);
        Assert.Contains($"{Figure.Of(fresh.GapIntervalByPrompt)} by prompt", glance);
    }

    [Fact]
    public void A_drift_from_an_earlier_set_is_drawn_with_the_rewards_and_only_when_there_is_one()
    {
        const string Caption = "What moved since the earlier set";
        Assert.Equal(["rewards", "margins"], Rows(PageCheck.Parse(Whole), Caption).Select(row => row.Element("th")!.Value));
        Assert.DoesNotContain(Caption, ModelPage.Render(SampleEvidence.Whole(SampleEvidence.Eval() with { Drift = null })));
    }

    [Fact]
    public void A_long_list_of_reasons_goes_on_in_the_table_of_checks_and_failures_come_first()
    {
        var story = SampleEvidence.Whole();
        var items = story.Evidence.Items.Select(item =>
            item.Evidence is GateEvidence gate
                ? item with
                {
                    Evidence = gate with
                    {
                        Checks =
                        [
                            .. Enumerable.Range(1, 9).Select(i => gate.Checks[2] with { Name = $"own_{i}", Cause = GateCause.Undefined }),
                            gate.Checks[1],
                        ],
                    },
                }
                : item
        );
        var banner = PageCheck
            .Parse(ModelPage.Render(story with { Evidence = new EvidenceSet { Items = [.. items] } }))
            .Descendants("div")
            .First(part => part.Attribute("class")?.Value.StartsWith("verdict") == true);
        Assert.Equal(7, banner.Descendants("li").Count());
        Assert.Contains("length_matched", banner.Descendants("li").First().Value);
        Assert.StartsWith("and 4 more", banner.Descendants("li").Last().Value);
    }

    [Fact]
    public void What_people_wrote_cannot_become_markup_and_no_control_character_gets_through()
    {
        const string Hostile =
            "</div></details><script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" \0\u001B[31m \uD800 שלום 🙂 \u202Eevil";
        var eval = SampleEvidence.Eval([new WorstPair(1, Hostile, Hostile, -1, 2, Hostile, Hostile + " more", Hostile)]) with
        {
            SetAside = new Dictionary<string, long> { [Hostile] = 2 },
        };
        var audit = SampleEvidence.Audit() with
        {
            Notes = [Hostile],
            Probes = [.. SampleEvidence.Audit().Probes.Select(probe => probe with { Name = probe.Name + Hostile, Description = Hostile })],
        };
        var story = SampleEvidence.Whole(eval, audit);
        var page = ModelPage.Render(
            story with
            {
                Training = story.Training! with
                {
                    Folder = Hostile,
                    BaseModel = Hostile,
                    Alarms = [new(1, Hostile)],
                    Settings = [KeyValuePair.Create(Hostile, Hostile)],
                },
                Remarks = [Hostile],
                Time = Hostile,
            }
        );
        Assert.Empty(PageCheck.Faults(page));
        Assert.Contains("&lt;script&gt;alert(1)", page);
        Assert.Contains("שלום 🙂", page);
        Assert.DoesNotContain('\0', page);
        Assert.DoesNotContain('\u001B', page);
        Assert.Contains("dir=\"auto\"", page);
    }

    [Fact]
    public void A_huge_answer_is_cut_with_a_note_and_the_page_stays_small()
    {
        var huge = string.Concat(Enumerable.Repeat("word ", 20_000));
        var worst = Enumerable.Range(1, 40).Select(i => new WorstPair(i, null, null, -i, i, huge, huge + i, i + huge));
        var page = ModelPage.Render(SampleEvidence.Whole(SampleEvidence.Eval(worst)));
        Assert.Empty(PageCheck.Faults(page));
        Assert.Contains("Cut here: 95,001 more characters", page);
        Assert.Contains("20 more are in eval.json", page);
        Assert.InRange(page.Length, 100_000, 600_000);
        Assert.InRange(Whole.Length, 50_000, 250_000);
    }

    [Fact]
    public void Long_lists_and_long_logs_are_cut_with_a_note()
    {
        var training = SampleEvidence.Training();
        training = training with { Log = [.. Enumerable.Range(1, 200_000).Select(i => training.Log[i % 24] with { Step = i })] };
        var page = ModelPage.Render(SampleEvidence.Whole() with { Training = training });
        Assert.Empty(PageCheck.Faults(page));
        Assert.Contains("every 3334th line", page);
        Assert.InRange(page.Length, 50_000, 350_000);
    }

    [Fact]
    public void Differences_of_a_mistake_are_marked_on_their_own_side()
    {
        var eval = SampleEvidence.Eval([
            new WorstPair(
                9,
                null,
                null,
                -1,
                1,
                "p",
                "Please restart the router and wait two minutes.",
                "Please restart the modem and wait two minutes."
            ),
        ]);
        var page = PageCheck.Parse(ModelPage.Render(SampleEvidence.Whole(eval)));
        Assert.Equal(
            "router ",
            page.Descendants("div").Single(side => side.Attribute("class")?.Value == "chosen").Descendants("mark").Single().Value
        );
        Assert.Equal(
            "modem ",
            page.Descendants("div").Single(side => side.Attribute("class")?.Value == "rejected").Descendants("mark").Single().Value
        );
    }

    [Fact]
    public void Undefined_figures_are_dashes()
    {
        var eval = SampleEvidence.Eval() with { IntervalByPrompt = null, Auc = double.NaN };
        var audit = SampleEvidence.Audit();
        audit = audit with
        {
            Length = audit.Length! with
            {
                Matched = [new LengthMatchedSubset(1.1, 0, 0, double.NaN, double.NaN)],
                ModelPrefersLonger = double.NaN,
                ScoreAndLength = null,
                RegressionNote = "separated",
            },
        };
        var page = ModelPage.Render(SampleEvidence.Whole(eval, audit));
        Assert.Empty(PageCheck.Faults(page));
        Assert.DoesNotContain("NaN", page);
        Assert.Contains("the model in –.", TextOf(page));
    }

    [Fact]
    public void Evidence_that_the_gate_did_not_see_is_named()
    {
        var story = SampleEvidence.Whole();
        Assert.Empty(story.Evidence.Mismatches());
        var items = story.Evidence.Items.Select(item =>
            item.Evidence is AuditEvidence ? item with { File = item.File with { Sha256 = new string('0', 64) } } : item
        );
        var page = ModelPage.Render(story with { Evidence = new EvidenceSet { Items = [.. items] } });
        Assert.Contains("does not rest on what is shown here: audit.json", page);
    }

    [Fact]
    public void The_verdict_is_said_in_two_plain_sentences_and_one_cause_of_many_once()
    {
        var story = SampleEvidence.Whole();
        var missing = story.Evidence.Of<GateEvidence>()!.Checks[2];
        var items = story.Evidence.Items.Select(item =>
            item.Evidence is GateEvidence gate
                ? item with
                {
                    Evidence = gate with
                    {
                        Verdict = GateVerdict.CannotTell,
                        Checks =
                        [
                            gate.Checks[0],
                            .. new[] { "probes", "self_tests", "style_excess", "length_accuracy_gap" }.Select(name =>
                                missing with
                                {
                                    Name = name,
                                }
                            ),
                        ],
                    },
                }
                : item
        );
        var banner = PageCheck
            .Parse(ModelPage.Render(story with { Evidence = new EvidenceSet { Items = [.. items] } }))
            .Descendants("div")
            .First(part => part.Attribute("class")?.Value.StartsWith("verdict") == true);
        Assert.Equal(
            "Nobody can say yet whether support-reward may be used to pick the best of several answers (best-of-n): of 5 checks 4 cannot tell, and none fails. The commonest cause, of 4: there is no evidence for them: assay audit --model DIR --data FILE --output-dir EVIDENCE writes it.",
            banner.Elements("p").First().Value
        );
        Assert.Single(banner.Descendants("li"));
        Assert.Equal(
            ["probes", "self_tests", "style_excess", "length_accuracy_gap"],
            banner.Descendants("li").Single().Elements("code").Select(code => code.Value)
        );
    }

    [Fact]
    public void Limits_of_the_policy_are_drawn_where_their_figures_are_and_only_there()
    {
        var page = PageCheck.Parse(Whole);
        Assert.Contains("Limit of the policy: >= 0.65.", Drawing(page, "Accuracy of all, by kind of interval").Element("desc")!.Value);
        Assert.Contains("Limit of the policy: >= 0.8.", Drawing(page, "Accuracy where lengths are alike").Element("desc")!.Value);
        Assert.DoesNotContain("Limit of the policy", Drawing(page, "Accuracy by source").Element("desc")!.Value);
        var story = SampleEvidence.Whole();
        story = story with
        {
            Evidence = new EvidenceSet { Items = [.. story.Evidence.Items.Where(item => item.Evidence is not GateEvidence)] },
        };
        Assert.DoesNotContain("Limit of the policy", ModelPage.Render(story));
    }

    [Fact]
    public void Scores_are_drawn_as_a_histogram_that_counts_every_answer()
    {
        var eval = SampleEvidence.Eval();
        Assert.Equal((400, 400), (eval.Histogram!.Chosen.Sum(), eval.Histogram.Rejected.Sum()));
        Assert.Contains(
            string.Join(", ", eval.Histogram.Chosen),
            Drawing(PageCheck.Parse(Whole), "How many answers got which score").Element("desc")!.Value
        );
        Assert.DoesNotContain("How many answers got which score", ModelPage.Render(SampleEvidence.Whole(eval with { Histogram = null })));
        Assert.Null(ScoreHistogram.Of([], []));
        Assert.Equal(3, ScoreHistogram.Of([1, 1], [1])!.Chosen[0] + ScoreHistogram.Of([1, 1], [1])!.Rejected[0]);
    }

    [Fact]
    public void A_broken_probe_has_an_example_of_its_text_and_a_sound_one_has_none()
    {
        var section = Section(PageCheck.Parse(Whole), "probes");
        Assert.Contains("It is always good to look at a thing", section.Value);
        Assert.Contains("row 17, the rejected answer: score −0.2500 before, 1.5000 after (must not rise)", section.Value);
        var audit = SampleEvidence.Audit();
        audit = audit with { Probes = [.. audit.Probes.Select(probe => probe with { IsBroken = false })] };
        Assert.DoesNotContain("It is always good to look at a thing", ModelPage.Render(SampleEvidence.Whole(audit: audit)));
    }

    [Fact]
    public void Data_quality_version_and_machine_stand_on_the_page()
    {
        var page = PageCheck.Parse(Whole);
        foreach (
            var wanted in new[]
            {
                "2,312 rows gave 2,312 pairs",
                "2,201 kept",
                "over_length",
                "Length alone tells the winner",
                "alpha 0.4127 (0.3519 to 0.4735) over 410 rows",
            }
        )
            Assert.Contains(wanted, Section(page, "quality").Value);
        Assert.Contains("Made 2026-11-26 01:30 UTC by assay 0.0 on a machine of the tests.", page.Descendants("footer").Single().Value);
    }

    [Fact]
    public void A_line_of_one_point_is_a_dot_of_its_own_colour_in_the_drawing_and_in_the_legend()
    {
        var training = SampleEvidence.Training();
        var chart = Drawing(
            PageCheck.Parse(
                ModelPage.Render(SampleEvidence.Whole() with { Training = training with { Evaluations = [training.Evaluations[0]] } })
            ),
            "Loss"
        );
        Assert.Equal(2, chart.Elements("circle").Count(dot => dot.Attribute("class")!.Value == "dot two"));
        Assert.DoesNotContain(chart.Elements("path"), path => path.Attribute("class")!.Value == "line two");
    }

    [Fact]
    public void The_page_follows_dark_mode_print_and_narrow_screens()
    {
        foreach (
            var rule in new[]
            {
                "@media screen and (prefers-color-scheme:dark)",
                "@media print",
                "details::details-content",
                "@media (max-width:40rem)",
                ":focus-visible",
            }
        )
            Assert.Contains(rule, Whole);
        Assert.Contains("name=\"viewport\"", Whole);
    }

    private static XElement Row(XDocument page, string caption, string name) =>
        Rows(page, caption).Single(row => row.Element("th")!.Value == name);

    private static IEnumerable<XElement> Rows(XDocument page, string caption) =>
        page.Descendants("table").Single(table => table.Element("caption")!.Value == caption).Element("tbody")!.Elements("tr");

    private static XElement Section(XDocument page, string id) =>
        page.Descendants("section").Single(section => section.Attribute("id")!.Value == id);

    private static XElement Drawing(XDocument page, string title) =>
        page.Descendants("svg").Single(drawing => drawing.Element("title")!.Value == title);

    private static string TextOf(string page) => PageCheck.Parse(page).Descendants("body").Single().Value;
}
