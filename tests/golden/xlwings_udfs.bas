Attribute VB_Name = "xlwings_udfs"
' The functions of xlcalc, for xlwings 0.37.8. Made by: xlcalc excel windows
' Each function calls Python by XLPy, which xlwings brings. Whether Python answers, a cell with
' =XLCALC_STATUS() tells.
Option Explicit

Private lastFailure As String

Public Function TRAIN_FLOPS(params, tokens, Optional flops_per_param_token)
    If TypeOf Application.Caller Is Range Then On Error GoTo xlcalcFailed
    TRAIN_FLOPS = XlcalcResult(XLPy.CallUDF("xlcalc_udfs", "TRAIN_FLOPS", Array(params, tokens, flops_per_param_token), ThisWorkbook, Application.Caller))
    Exit Function
xlcalcFailed:
    TRAIN_FLOPS = XlcalcFailure(Err.Description)
End Function

Public Function MOE_PARAMS(layers, d_model, heads, kv_heads, head_dim, vocab, experts, expert_ffn, Optional shared_, Optional dense_layers, Optional dense_ffn, Optional ffn_matrices, Optional tied_embeddings)
    If TypeOf Application.Caller Is Range Then On Error GoTo xlcalcFailed
    MOE_PARAMS = XlcalcResult(XLPy.CallUDF("xlcalc_udfs", "MOE_PARAMS", Array(layers, d_model, heads, kv_heads, head_dim, vocab, experts, expert_ffn, shared_, dense_layers, dense_ffn, ffn_matrices, tied_embeddings), ThisWorkbook, Application.Caller))
    Exit Function
xlcalcFailed:
    MOE_PARAMS = XlcalcFailure(Err.Description)
End Function

Public Function COMMITTED_RATE(on_demand, committed_rate_, committed_share, Optional spot_rate, Optional spot_share)
    If TypeOf Application.Caller Is Range Then On Error GoTo xlcalcFailed
    COMMITTED_RATE = XlcalcResult(XLPy.CallUDF("xlcalc_udfs", "COMMITTED_RATE", Array(on_demand, committed_rate_, committed_share, spot_rate, spot_share), ThisWorkbook, Application.Caller))
    Exit Function
xlcalcFailed:
    COMMITTED_RATE = XlcalcFailure(Err.Description)
End Function

Public Function RENTAL_PRICE(gpu, Optional provider, Optional basis, Optional terms, Optional currency_, Optional as_of)
    If TypeOf Application.Caller Is Range Then On Error GoTo xlcalcFailed
    RENTAL_PRICE = XlcalcResult(XLPy.CallUDF("xlcalc_udfs", "RENTAL_PRICE", Array(gpu, provider, basis, terms, currency_, as_of), ThisWorkbook, Application.Caller))
    Exit Function
xlcalcFailed:
    RENTAL_PRICE = XlcalcFailure(Err.Description)
End Function

' Whether Python answers, and what the last call failed of that did not reach it.
Public Function XLCALC_STATUS() As String
    Dim found As Object
    On Error GoTo xlcalcFailed
    Set found = XLPy.Module("xlcalc_udfs")
    XLCALC_STATUS = "Python answers."
    If lastFailure <> "" Then XLCALC_STATUS = XLCALC_STATUS & " The last failure: " & lastFailure
    Exit Function
xlcalcFailed:
    XLCALC_STATUS = Err.Description
End Function

' A call that did not reach Python.
Private Function XlcalcFailure(ByVal description As String) As Variant
    lastFailure = description
    XlcalcFailure = CVErr(2015)
End Function

' A result with errors in the place of their texts. Python gives rows even for one cell.
Private Function XlcalcResult(ByVal found As Variant) As Variant
    Dim shown() As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(found) Then
        XlcalcResult = XlcalcCell(found)
        Exit Function
    End If
    If LBound(found, 1) = UBound(found, 1) And LBound(found, 2) = UBound(found, 2) Then
        XlcalcResult = XlcalcCell(found(LBound(found, 1), LBound(found, 2)))
        Exit Function
    End If
    ReDim shown(LBound(found, 1) To UBound(found, 1), LBound(found, 2) To UBound(found, 2))
    For i = LBound(found, 1) To UBound(found, 1)
        For j = LBound(found, 2) To UBound(found, 2)
            shown(i, j) = XlcalcCell(found(i, j))
        Next j
    Next i
    XlcalcResult = shown
End Function

Private Function XlcalcCell(ByVal content As Variant) As Variant
    XlcalcCell = content
    If VarType(content) <> vbString Then Exit Function
    Select Case content
        Case "#NULL!": XlcalcCell = CVErr(2000)
        Case "#DIV/0!": XlcalcCell = CVErr(2007)
        Case "#VALUE!": XlcalcCell = CVErr(2015)
        Case "#REF!": XlcalcCell = CVErr(2023)
        Case "#NAME?": XlcalcCell = CVErr(2029)
        Case "#NUM!": XlcalcCell = CVErr(2036)
        Case "#N/A": XlcalcCell = CVErr(2042)
    End Select
End Function

' Runs when a person opens the workbook.
Public Sub Auto_Open()
    Dim unchanged As Boolean
    unchanged = ThisWorkbook.Saved
    XlcalcHelp1
    XlcalcHelp2
    XlcalcHelp3
    XlcalcHelp4
    ThisWorkbook.Saved = unchanged
End Sub

' Training compute
Private Sub XlcalcHelp1()
    XlcalcDescribe _
        "TRAIN_FLOPS", _
        "https://arxiv.org/abs/2001.08361", _
        "Returns the FLOP that training takes, k" & ChrW(183) & "N" & ChrW(183) & "D. [FLOP] Kaplan et al. 2020, arXiv:2001.08361, section 2.1; Brown et al. 2020, arXiv:2005.14165, appendix D.", _
        "[parameters] Trainable parameters, the active ones for a mixture of experts.", _
        "[tokens] Tokens seen in training, repeated ones counted each time.", _
        "[FLOP/(parameter" & ChrW(183) & "token)] FLOP for each parameter and token: 6 for a dense decoder, 3 for an encoder-decoder, 8 with full recomputation. 6 if left out."
End Sub

' Shapes of mixtures of experts
Private Sub XlcalcHelp2()
    XlcalcDescribe _
        "MOE_PARAMS", _
        "https://arxiv.org/abs/2401.04088", _
        "Returns all parameters of a mixture of experts, counted from its shape. [parameters] Jiang et al. 2024 (Mixtral), arXiv:2401.04088; Qwen Team 2025 (Qwen3), arXiv:2505.09388.", _
        "[layers] Transformer layers, dense ones included.", _
        "[dimensions] Width of the residual stream.", _
        "[heads] Query heads of a layer.", _
        "[heads] Key-value heads of a layer; equal to heads without grouping.", _
        "[dimensions] Width of a head.", _
        "[vocabulary entries] Rows of the embedding, padding included.", _
        "[experts] Routed experts of a layer.", _
        "[dimensions] Inner width of an expert.", _
        "[experts] Experts of a layer that every token passes through, as wide as the routed ones. 0 if left out.", _
        "[layers] Layers without experts, at most all. 0 if left out.", _
        "[dimensions] Inner width of the feed-forward block of a dense layer. 0 if left out.", _
        "[matrices] Matrices of an expert and of a dense block: 3 with a gate (SwiGLU), 2 without. 3 if left out.", _
        "[TRUE/FALSE] TRUE where input and output share one embedding. FALSE if left out."
End Sub

' Rates
Private Sub XlcalcHelp3()
    XlcalcDescribe _
        "COMMITTED_RATE", _
        "", _
        "Returns the mean price of a GPU-hour of committed, spot and on-demand hours. [money/GPU-hour] Mean of the prices, weighted by hours; FinOps Foundation, Rate optimization.", _
        "[money/GPU-hour] Price on demand.", _
        "[money/GPU-hour] Price of an hour under a commitment or reservation.", _
        "[ratio] Share of the hours under the commitment, between 0 and 1.", _
        "[money/GPU-hour] Price of a useful spot hour, as SPOT_RATE gives it. on_demand if left out.", _
        "[ratio] Share of the hours on the spot market, between 0 and 1. 0 if left out."
End Sub

' Catalogue
Private Sub XlcalcHelp4()
    XlcalcDescribe _
        "RENTAL_PRICE", _
        "", _
        "Returns what a rented GPU costs an hour, on a market or at one provider. [money/GPU-hour] xlcalc/catalogue/prices.csv, a source, a date and a licence for each row; gpurentalprices.com and Epoch AI, CC BY 4.0.", _
        "[GPU] Id or name of the accelerator, as ""H100 SXM"" or ""h100-sxm"".", _
        "[provider] Who rents it out, as ""RunPod""; all of them if left out. """" if left out.", _
        "[choice] ""median"", ""low"", ""high"" or ""newest"" of the providers' prices. ""median"" if left out.", _
        "[choice] ""on-demand"", ""spot"", ""reserved"" (of a year or less), ""1-year"", ""3-year"", ""marketplace"" or ""serverless"". ""on-demand"" if left out.", _
        "[currency] Code of three letters. A price in another currency needs a rate in rates.csv. ""USD"" if left out.", _
        "[date] Day that the question is asked for; the newest of the catalogue if left out. """" if left out."
End Sub

Private Sub XlcalcDescribe(ByVal callee As String, ByVal link As String, ByVal help As String, ParamArray arguments() As Variant)
    Dim place As String
    Dim texts As Variant
    On Error Resume Next
    place = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & callee
    texts = arguments
    If link = "" Then
        Application.MacroOptions Macro:=place, Description:=help, Category:="xlcalc", ArgumentDescriptions:=texts
    Else
        Application.MacroOptions Macro:=place, Description:=help, Category:="xlcalc", HelpFile:=link, ArgumentDescriptions:=texts
    End If
End Sub
