"""How much computation does a model take after its pretraining?

The functions take parameters and tokens of fine-tuning, reinforcement or distillation, and return
FLOP; a forward pass is 2 FLOP for each parameter and token, a backward pass 4.
"""

from typing import Annotated

from xlcalc.quantities import (
    Choice,
    Flag,
    Flop,
    FlopPerStep,
    Models,
    OtherParams,
    Params,
    Prompts,
    RunsPerYear,
    Samples,
    Share,
    Tokens,
    Updates,
)
from xlcalc.worksheet import same_as, worksheet

Method = Annotated[
    str,
    Choice(("full", "lora"), ("All weights are trained", "Only low-rank adapters are trained")),
]
MONTHS_PER_YEAR = 12.0
DAYS_PER_YEAR = 365.0


@worksheet("Fine-tuning and reinforcement", since="0.2")
def finetune_flops(
    params: Params,
    tokens: Tokens,
    trained_params: Params = same_as("params"),
    method: Method = "full",
) -> Flop:
    """Return the FLOP of fine-tuning: 6·N·D in full, 4·N·D + 6·T·D by low-rank adaptation.

    A frozen weight passes gradients on and gets none of its own, which saves a third.

    Parameters
    ----------
    params : array_like [parameters]
        Parameters of the model, N: the active ones for a mixture of experts.
    tokens : array_like [tokens]
        Tokens seen, repeated ones counted each time, D.
    trained_params : array_like [parameters]
        Parameters that are trained beside the frozen ones, T, as LORA_PARAMS gives them; only
        "lora" asks for them.
    method : str [choice]
        "full" trains all parameters, "lora" a low-rank adaptation.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number of parameters is not above 0, or tokens is below 0.
    ChoiceError
        If method is neither "full" nor "lora".

    References
    ----------
    Hu et al. 2021 (LoRA), arXiv:2106.09685; NVIDIA, Megatron Bridge performance summary (LoRA of
    Llama 3 70B).

    Examples
    --------
    >>> print(f"{finetune_flops(69.5e9, 1e9, 65.5e6, 'lora'):.4g}")
    2.784e+20
    """
    if method == "full":
        return 6.0 * params * tokens
    return (4.0 * params + 6.0 * trained_params) * tokens


@worksheet("Fine-tuning and reinforcement", since="0.2")
def rl_flops(
    policy_params: Params,
    prompts: Prompts,
    prompt_tokens: Tokens,
    samples: Samples,
    output_tokens: Tokens,
    reference_params: OtherParams = same_as("policy_params"),
    reward_params: OtherParams = 0.0,
    updates: Updates = 1.0,
) -> FlopPerStep:
    """Return the FLOP of one step of reinforcement learning on a model's own answers.

    The policy writes the answers, the reference and the reward model read them, and the policy is
    trained on them.

    Parameters
    ----------
    policy_params : array_like [parameters]
        Parameters of the trained model, the active ones for a mixture of experts.
    prompts : array_like [prompts/step]
        Prompts of a step.
    prompt_tokens : array_like [tokens]
        Tokens of a prompt.
    samples : array_like [samples/prompt]
        Answers to each prompt: the group of GRPO.
    output_tokens : array_like [tokens]
        Tokens of an answer.
    reference_params : array_like [parameters]
        Parameters of the model that the policy must not leave; 0 without one.
    reward_params : array_like [parameters]
        Parameters of the model that gives marks; 0 where a program does.
    updates : array_like [updates/step]
        Times that the policy is trained on each answer.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP/step]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Shao et al. 2024 (GRPO), arXiv:2402.03300; Ouyang et al. 2022 (InstructGPT), arXiv:2203.02155.

    Examples
    --------
    >>> print(f"{rl_flops(7e9, 1024, 512, 64, 1024):.3g}")
    7.05e+18
    """
    tokens = prompts * samples * (prompt_tokens + output_tokens)
    forward = 2.0 * (policy_params + reference_params + reward_params)
    return tokens * (forward + 6.0 * policy_params * updates)


@worksheet("Fine-tuning and reinforcement", since="0.2")
def distill_flops(
    student_params: Params,
    teacher_params: Params,
    tokens: Tokens,
    cached_logits: Annotated[bool, Flag()] = False,
) -> Flop:
    """Return the FLOP of training a student on a teacher's outputs, 6·N·D + 2·T·D.

    Parameters
    ----------
    student_params : array_like [parameters]
        Parameters of the trained model, N: the active ones for a mixture of experts.
    teacher_params : array_like [parameters]
        Parameters of the model that it learns from, T: the active ones.
    tokens : array_like [tokens]
        Tokens seen, D.
    cached_logits : bool [TRUE/FALSE]
        TRUE where the teacher's outputs were kept, and it reads nothing again.

    Returns
    -------
    numpy.float64 or numpy.ndarray [FLOP]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number of parameters is not above 0, or tokens is below 0.

    References
    ----------
    Hinton et al. 2015, arXiv:1503.02531; MaxText, Knowledge distillation.

    Examples
    --------
    >>> print(f"{distill_flops(8e9, 70e9, 1e9):.3g}")
    1.88e+20
    """
    reading = 0.0 if cached_logits else 2.0
    return (6.0 * student_params + reading * teacher_params) * tokens


@worksheet("Fine-tuning and reinforcement", since="0.2")
def refresh_runs(monthly_share: Share, daily_share: Share, models: Models) -> RunsPerYear:
    """Return the training runs of a year that keep models up to date.

    Parameters
    ----------
    monthly_share : array_like [ratio]
        Share of the models that are trained again each month, between 0 and 1.
    daily_share : array_like [ratio]
        Share of the models that are trained again each day, between 0 and 1.
    models : array_like [models]
        Models in use.

    Returns
    -------
    numpy.float64 or numpy.ndarray [runs/year]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If models is below 0, or a share is not between 0 and 1.

    References
    ----------
    A year has 12 months and 365 days; the shares are the team's own.

    Examples
    --------
    >>> print(f"{refresh_runs(1 / 3, 1 / 4, 12):.0f}")
    1143
    """
    return models * (MONTHS_PER_YEAR * monthly_share + DAYS_PER_YEAR * daily_share)


FUNCTIONS = (
    finetune_flops,
    rl_flops,
    distill_flops,
    refresh_runs,
)
"""The functions of this topic, in the order of the function reference."""
