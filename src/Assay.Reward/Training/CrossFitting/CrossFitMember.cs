namespace Assay.Reward.Training.CrossFitting;

/// <summary>One model of the ensemble: trained without a fold, and what it said of that fold.</summary>
/// <param name="Number">From 1, in the order of training.</param>
/// <param name="Seed">Of its head, its order of rows and the folds.</param>
/// <param name="Fold">From 1: the fold that was held out.</param>
/// <param name="TrainedOn">Pairs it was trained on.</param>
/// <param name="Pairs">Pairs of its fold.</param>
/// <param name="Accuracy">On its fold, a tie half.</param>
public sealed record CrossFitMember(int Number, long Seed, int Fold, int TrainedOn, int Pairs, double Accuracy);
