using EContract.Pki.X509;
using EContract.Validation.Conclusions;

namespace EContract.Validation.BuildingBlocks;

/// <summary>What the validation of one signature concludes, with whose it is and on which path.</summary>
/// <param name="Certificate">The signer's; null if it was not found.</param>
/// <param name="Path">Null if it was not looked for.</param>
internal sealed record BasicConclusion(Conclusion Conclusion, Certificate? Certificate, CertificateConclusion? Path);
