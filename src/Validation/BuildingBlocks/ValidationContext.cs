using EContract.Validation.Policies;
using EContract.Validation.Proofs;
using EContract.Validation.Sources;

namespace EContract.Validation.BuildingBlocks;

/// <summary>What every building block of one validation shares (ETSI EN 319 102-1 §5.2.4): constraints, time, data at hand, proofs.</summary>
internal sealed record ValidationContext(ValidationPolicy Policy, DateTimeOffset Time, CollectedSource Collected, ProofSet Proofs);
