import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.DateTimeData;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.GeoPointData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.UncastData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.services.IPropertyManager;
import org.javarosa.core.services.PropertyManager;
import org.javarosa.core.services.properties.IPropertyRules;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills forms in the engine that phones run. Orders come as lines on standard input, fields apart by
 * tabs: FORM file language out | ANSWER name value | TRY name value | GO. Every line on standard output
 * is one finding: Q name label hint message, BAD name value status, MISSING name, DONE status.
 */
public class FillForms {
  static PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  static Map<String, String> answers = new HashMap<>();
  static List<String[]> tries = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    System.setErr(new PrintStream(new java.io.ByteArrayOutputStream()));
    PropertyManager.setPropertyManager(new Properties());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String[] form = null;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split("\t", -1);
      if (words[0].equals("FORM")) {
        form = words;
        answers.clear();
        tries.clear();
      } else if (words[0].equals("ANSWER")) answers.put(words[1], words[2]);
      else if (words[0].equals("TRY")) tries.add(words);
      else if (words[0].equals("GO")) {
        try {
          fill(form[1], form[2], form[3]);
        } catch (Throwable error) {
          out.println("DONE\tfailed " + error.toString().replaceAll("\\s+", " "));
        }
      }
    }
  }

  static void fill(String file, String language, String to) throws Exception {
    FormDef def = XFormUtils.getFormFromInputStream(new FileInputStream(file));
    def.initialize(true, new InstanceInitializationFactory());
    FormEntryModel model = new FormEntryModel(def);
    FormEntryController engine = new FormEntryController(model);
    for (String known : model.getLanguages())
      if (known.endsWith("(" + language + ")")) engine.setLanguage(known);
    engine.jumpToIndex(FormIndex.createBeginningOfFormIndex());
    int event = engine.stepToNextEvent();
    while (event != FormEntryController.EVENT_END_OF_FORM) {
      if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
        // One of each: a second one would ask the same again.
        if (model.getFormIndex().getInstanceIndex() < 1
            && lastInstance(model.getFormIndex()) < 1) engine.newRepeat();
      } else if (event == FormEntryController.EVENT_QUESTION) ask(engine, model);
      event = engine.stepToNextEvent();
    }
    ValidateOutcome outcome = def.validate(true);
    def.postProcessInstance();
    byte[] filled = new XFormSerializingVisitor().serializeInstance(def.getInstance());
    Files.write(new File(to).toPath(), filled);
    out.println("DONE\t" + (outcome == null ? "valid" : "invalid " + outcome.failedPrompt));
  }

  static int lastInstance(FormIndex index) {
    int found = -1;
    for (FormIndex at = index; at != null; at = at.getNextLevel()) found = at.getInstanceIndex();
    return found;
  }

  static void ask(FormEntryController engine, FormEntryModel model) throws Exception {
    FormEntryPrompt prompt = model.getQuestionPrompt();
    String name = prompt.getFormElement().getBind().getReference().toString();
    name = name.substring(name.lastIndexOf('/') + 1);
    out.println(
        String.join("\t", "Q", name, flat(prompt.getLongText()), flat(prompt.getHelpText()),
            flat(prompt.getConstraintText())));
    for (SelectChoice choice : choices(prompt))
      out.println("C\t" + name + "\t" + choice.getValue() + "\t"
          + flat(prompt.getSelectChoiceText(choice)));
    for (String[] words : tries) {
      if (!words[1].equals(name)) continue;
      int status = answer(engine, prompt, words[2]);
      out.println("BAD\t" + name + "\t" + words[2] + "\t" + status);
    }
    String value = answers.get(name);
    if (value == null) {
      out.println("MISSING\t" + name);
      return;
    }
    int status = answer(engine, prompt, value);
    if (status != FormEntryController.ANSWER_OK)
      out.println("REFUSED\t" + name + "\t" + value + "\t" + status);
  }

  static List<SelectChoice> choices(FormEntryPrompt prompt) {
    int kind = prompt.getControlType();
    boolean choosing = kind == Constants.CONTROL_SELECT_ONE || kind == Constants.CONTROL_SELECT_MULTI;
    List<SelectChoice> found = choosing ? prompt.getSelectChoices() : null;
    return found == null ? new ArrayList<>() : found;
  }

  static int answer(FormEntryController engine, FormEntryPrompt prompt, String value) {
    IAnswerData data;
    try {
      data = data(prompt, value);
    } catch (RuntimeException error) {
      return -1;
    }
    return engine.answerQuestion(data, true);
  }

  static IAnswerData data(FormEntryPrompt prompt, String value) {
    if (value.isEmpty()) return null;
    int control = prompt.getControlType();
    if (control == Constants.CONTROL_SELECT_ONE)
      return new SelectOneData(selection(prompt, value));
    if (control == Constants.CONTROL_SELECT_MULTI) {
      List<Selection> chosen = new ArrayList<>();
      for (String one : value.split(" ")) chosen.add(selection(prompt, one));
      return new org.javarosa.core.model.data.SelectMultiData(chosen);
    }
    switch (prompt.getDataType()) {
      case Constants.DATATYPE_INTEGER: return new IntegerData(Integer.parseInt(value));
      case Constants.DATATYPE_DECIMAL: return new DecimalData(Double.parseDouble(value));
      case Constants.DATATYPE_DATE: return new DateData(DateUtils.parseDate(value));
      case Constants.DATATYPE_DATE_TIME: return new DateTimeData(DateUtils.parseDateTime(value));
      case Constants.DATATYPE_GEOPOINT:
        return new GeoPointData().cast(new UncastData(value));
      default: return new StringData(value);
    }
  }

  static Selection selection(FormEntryPrompt prompt, String value) {
    for (SelectChoice choice : prompt.getSelectChoices())
      if (choice.getValue().equals(value)) return choice.selection();
    throw new IllegalArgumentException(value);
  }

  static String flat(String text) {
    return text == null ? "" : text.replaceAll("\\s+", " ");
  }

  static class Properties implements IPropertyManager {
    public List<String> getProperty(String name) { return Arrays.asList(value(name)); }
    public void setProperty(String name, String value) {}
    public void setProperty(String name, List<String> value) {}
    public String getSingularProperty(String name) { return value(name); }
    public void addRules(IPropertyRules rules) {}
    public List<IPropertyRules> getRules() { return new ArrayList<>(); }
    static String value(String name) { return "deviceID".equalsIgnoreCase(name) ? "test:device" : ""; }
  }
}
